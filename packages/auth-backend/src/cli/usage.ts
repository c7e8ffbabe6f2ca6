/** What `--help` prints. */
export const help = `Says what a token is, who signed it, whether a plugin would accept it, and if not what to change.

  npx @stagepass/auth-backend explain --plugin <id> [options] [token]

The token comes from --token-file, else from the arguments, else from the standard input, which keeps it out of
the history of the shell. It may be a whole Authorization header or a cookie.

  --plugin <id>         the plugin that refuses the token, or should accept it
  --token-file <file>   a file that holds the token
  --config <file>       the configuration of the backend, YAML or JSON; may be given more than once, the last wins;
                        default: app-config.yaml and app-config.local.yaml, where they are
  --base-url <url>      where plugins are reached from here, without the plugin id;
                        default: backend.baseUrl of the configuration, and /api
  --allow-limited       as on a route that takes the cookie: limited user tokens are allowed
  --at <time>           the verdict for another time, such as that in the log; ISO 8601
  --json                the whole explanation as JSON
  --help                this text

It ends with 0 when the token is accepted, with 1 when it is refused, and with 2 when it could not be asked.
`;

/** Makes the error of a program that is called in a wrong way, or finds what it needs in a wrong state. */
export function usageError(message: string): Error {
  return Object.assign(new Error(message), { name: 'UsageError' });
}

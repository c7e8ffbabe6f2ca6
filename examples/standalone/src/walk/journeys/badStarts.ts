import type { Expected } from '../expected';
import type { Journey } from '../step';

const listen = { port: 0 };

export const badStarts: Journey = {
  title: 'Mistakes in the configuration: one line, and exit code 1',
  steps: [
    {
      name: 'no such file',
      act: { do: 'start' },
      expect: refusalToStart('app-config.yaml: cannot be read (ENOENT)'),
    },
    {
      name: 'not YAML',
      act: { do: 'start', config: 'backend:\n  listen: [port\n' },
      expect: refusalToStart(
        'app-config.yaml: line 3: not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
      ),
    },
    {
      name: 'an unknown key at the top',
      act: { do: 'start', config: { backend: { listen }, exampel: {} } },
      expect: refusalToStart(
        'app-config.yaml: exampel: unknown key, expected one of backend, example',
      ),
    },
    {
      name: 'an unknown key of the example',
      act: { do: 'start', config: { backend: { listen: { prot: 7007 } } } },
      expect: refusalToStart(
        'app-config.yaml: backend.listen.prot: unknown key, expected one of host, port',
      ),
    },
    {
      name: 'an unknown key of Stagepass',
      act: { do: 'start', config: { backend: { listen, auth: { externalAcces: [] } } } },
      expect: refusalToStart(
        "app-config.yaml: backend.auth.externalAcces: unknown key, expected one of dangerouslyDisableDefaultAuthPolicy, externalAccess, keys, pluginKeyStore, acceptUntypedUserTokens, dangerouslyAllowStoredServiceCredentials, restrictedDelegation, cookie; did you mean 'externalAccess'?",
      ),
    },
    {
      name: 'a static token that is too short',
      act: {
        do: 'start',
        config: {
          backend: {
            listen,
            auth: {
              externalAccess: [
                { type: 'static', options: { token: 'short', subject: 'external:deploy-bot' } },
              ],
            },
          },
        },
      },
      expect: refusalToStart(
        'app-config.yaml: backend.auth.externalAccess[0].options.token: expected at least 8 characters, found 5; generate one with: node -p "crypto.randomBytes(24).toString(\'base64url\')"',
      ),
    },
    {
      name: 'a key file that cannot be read',
      act: {
        do: 'start',
        config: {
          backend: {
            listen,
            auth: {
              pluginKeyStore: {
                type: 'static',
                static: {
                  keys: [
                    { keyId: 'k1', publicKeyFile: 'missing.pub', privateKeyFile: 'missing.key' },
                  ],
                },
              },
            },
          },
        },
      },
      expect: refusalToStart(
        "app-config.yaml: backend.auth.pluginKeyStore.static.keys[0].publicKeyFile: expected a readable file, found ENOENT in 'missing.pub'",
      ),
    },
    {
      name: 'a user without a hash of the password',
      act: {
        do: 'start',
        config: {
          backend: { listen },
          example: { users: [{ name: 'jane', password: 'jane-likes-trains', groups: [] }] },
        },
      },
      expect: refusalToStart(
        'app-config.yaml: example.users[0].password: expected a hash of the form scrypt:<salt>:<hash>',
      ),
    },
    {
      name: 'a port that is in use',
      act: ({ url }) => ({
        do: 'start',
        config: { backend: { listen: { port: Number(new URL(url).port) } } },
      }),
      expect: ({ url }) =>
        refusalToStart(
          `app-config.yaml: backend.listen.port: port ${new URL(url).port} of 127.0.0.1 is in use; end the other process, or choose another port`,
        ),
    },
  ],
};

function refusalToStart(line: string): Expected {
  return { exitCode: 1, stdout: [], stderr: [line] };
}

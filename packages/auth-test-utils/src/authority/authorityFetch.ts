import type { JsonWebKey } from 'node:crypto';

/** What the requests are answered from. */
export interface AuthorityAnswers {
  /** Whether nobody answers where the plugin, or the third party, should. */
  readonly isDown: (pluginId: string | undefined) => boolean;
  readonly baseUrl: string;
  /** The keys of a plugin; undefined when it is unknown. */
  readonly pluginKeys: (pluginId: string) => Promise<object[]>;
  readonly userKeys: () => JsonWebKey[];
  readonly external: { readonly url: string; readonly keys: () => JsonWebKey[] };
  /** The record of the user whose token it is; `invalid` for a token that is refused. */
  readonly userRecord: (token: string) => Record<string, unknown> | 'invalid' | undefined;
}

const PLUGIN_KEYS = /^\/([A-Za-z0-9_-]+)\/\.backstage\/auth\/v1\/jwks\.json$/;

/** Makes a `fetch` that answers key sets and user info from memory. */
export function createAuthorityFetch(answers: AuthorityAnswers): typeof fetch {
  return async (input, init) => {
    init?.signal?.throwIfAborted();
    const request = input instanceof Request ? input : new Request(String(input), init);
    const path = request.url.startsWith(`${answers.baseUrl}/`)
      ? request.url.slice(answers.baseUrl.length)
      : undefined;
    if (answers.isDown(path?.split('/')[1])) {
      throw new TypeError('fetch failed: the test authority is down');
    }
    if (request.method !== 'GET') return Response.json({}, { status: 405 });
    if (request.url === answers.external.url) {
      return Response.json({ keys: answers.external.keys() });
    }
    if (path === undefined) return notFound();
    const pluginId = PLUGIN_KEYS.exec(path)?.[1];
    if (pluginId) return Response.json({ keys: await answers.pluginKeys(pluginId) });
    if (path === '/auth/.well-known/jwks.json') return Response.json({ keys: answers.userKeys() });
    if (path === '/auth/v1/userinfo') return userInfo(request, answers);
    return notFound();
  };
}

function userInfo(request: Request, answers: AuthorityAnswers): Response {
  const token = /^Bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
  if (token === undefined) return failure(401, 'AuthenticationError', 'No token provided');
  const record = answers.userRecord(token);
  if (record === 'invalid') return failure(401, 'AuthenticationError', 'Illegal token');
  return record ? Response.json({ claims: record }) : notFound();
}

function notFound(): Response {
  return failure(404, 'NotFoundError', 'The test authority has nothing here');
}

function failure(status: number, name: string, message: string): Response {
  return Response.json({ error: { name, message } }, { status });
}

import { isAuthError } from '@stagepass/auth-node';
import type * as ClaimsModule from '../../packages/auth-backend/src/tokens/claims';
import type * as JwksModule from '../../packages/auth-backend/src/tokens/external/jwksMethod';
import type * as PatternModule from '../../packages/auth-http/src/core/pathPattern';
import type * as PluginModule from '../../packages/auth-backend/src/tokens/plugin/PluginTokens';
import type * as RemoteModule from '../../packages/auth-backend/src/keys/RemoteKeySet';
import type { SignatureAlgorithm } from '../../packages/auth-backend/src/tokens/algorithms';
import type * as StrictJsonModule from '../../packages/auth-backend/src/tokens/strictJson';
import type * as UserModule from '../../packages/auth-backend/src/tokens/user/UserTokens';
import type * as VerifyModule from '../../packages/auth-backend/src/tokens/verifyJws';
import { replacing, type Weakened, withModule } from './weakened';
import { staticTokens } from './worlds';

const backend = '../../packages/auth-backend/src';
const http = '../../packages/auth-http/src';

/** Something that an implementation could get wrong. */
export interface Weakening {
  readonly weaken: () => Promise<Weakened>;
  /** The kind of input, and the scenario of it, that must notice. */
  readonly noticed: readonly [kind: Kind, scenario: string];
}

/** A kind of input. */
export type Kind =
  | 'plugin token'
  | 'token on behalf of a user'
  | 'user token'
  | 'limited user token'
  | 'static token'
  | 'third party token'
  | 'request'
  | 'path'
  | 'call';

const isCode = (error: unknown, code: string) => isAuthError(error) && error.code === code;

/** What an implementation could get wrong. */
export const weakenings: Readonly<Record<string, Weakening>> = {
  'the audience is not checked': {
    noticed: ['plugin token', 'for another plugin'],
    weaken: () =>
      withModule<typeof VerifyModule>(`${backend}/tokens/verifyJws`, actual => ({
        verifyJws: async (...args) => ({ ...(await actual.verifyJws(...args)), aud: 'receiver' }),
      })),
  },

  'the signature is not checked': {
    noticed: ['plugin token', 'with a key that nobody publishes'],
    weaken: () =>
      withModule<typeof VerifyModule>(`${backend}/tokens/verifyJws`, actual => ({
        async verifyJws(jws, ...rest) {
          try {
            return await actual.verifyJws(jws, ...rest);
          } catch (error) {
            if (isCode(error, 'AUTH_SIGNATURE_INVALID')) return jws.unverifiedClaims();
            throw error;
          }
        },
      })),
  },

  'the algorithm is not pinned': {
    noticed: ['plugin token', 'with a key of another algorithm'],
    weaken: () =>
      withModule<typeof VerifyModule>(`${backend}/tokens/verifyJws`, actual => ({
        requireAlgorithm: ({ header }) => header.alg as SignatureAlgorithm,
        verifyJws: (jws, key) => actual.verifyJws(jws, key, [key.alg]),
      })),
  },

  'the expiry is not checked': {
    noticed: ['user token', 'expired'],
    weaken: () =>
      withModule<typeof ClaimsModule>(`${backend}/tokens/claims`, actual => ({
        readTimes(claims, now, options) {
          try {
            return actual.readTimes(claims, now, options);
          } catch (error) {
            const times = { iat: 0, validFrom: 0, exp: Number(claims.exp) };
            if (isCode(error, 'AUTH_TOKEN_EXPIRED')) return times;
            throw error;
          }
        },
      })),
  },

  'nbf is not checked': {
    noticed: ['plugin token', 'valid later'],
    weaken: () =>
      withModule<typeof ClaimsModule>(`${backend}/tokens/claims`, actual => ({
        readTimes: ({ nbf: _, ...claims }, now, options) => actual.readTimes(claims, now, options),
      })),
  },

  'duplicate members are not looked for': {
    noticed: ['plugin token', 'JSON that can be read twice'],
    weaken: () =>
      withModule<typeof StrictJsonModule>(`${backend}/tokens/strictJson`, () => ({
        parseJsonObject: bytes => JSON.parse(Buffer.from(bytes).toString()) as never,
      })),
  },

  'the type is compared without regard to case': {
    noticed: ['plugin token', 'of another type'],
    weaken: () =>
      withModule<typeof PluginModule>(
        `${backend}/tokens/plugin/PluginTokens`,
        ({ PluginTokens }) => ({
          PluginTokens: class extends PluginTokens {
            static override recognises(
              jws: Parameters<typeof PluginTokens.recognises>[0],
            ): boolean {
              return jws.header.typ?.toLowerCase() === 'vnd.backstage.plugin';
            }
          },
        }),
      ),
  },

  'an unusable obo makes the plugin the caller': {
    noticed: ['token on behalf of a user', 'what is no text, and counts as nothing'],
    weaken: () =>
      withModule<typeof PluginModule>(
        `${backend}/tokens/plugin/PluginTokens`,
        ({ PluginTokens }) => ({
          PluginTokens: class extends PluginTokens {
            override async verify(jws: Parameters<InstanceType<typeof PluginTokens>['verify']>[0]) {
              const { obo, ...claims } = jws.unverifiedClaims();
              const isUsable = typeof obo === 'string' && obo !== '';
              return super.verify(isUsable ? jws : { ...jws, unverifiedClaims: () => claims });
            }
          },
        }),
      ),
  },

  'a full user token is accepted as obo': {
    noticed: ['token on behalf of a user', 'a full user token'],
    weaken: () =>
      withModule<typeof UserModule>(`${backend}/tokens/user/UserTokens`, ({ UserTokens }) => ({
        UserTokens: class extends UserTokens {
          override verifyToken(token: string) {
            return super.verifyToken(token, 'user');
          }
        },
      })),
  },

  'an unknown kid falls back to a known key': {
    noticed: ['plugin token', 'with an unknown kid'],
    weaken: () =>
      withModule<typeof RemoteModule>(`${backend}/keys/RemoteKeySet`, ({ RemoteKeySet }) => ({
        RemoteKeySet: class extends RemoteKeySet {
          override async find(kid: string | undefined) {
            try {
              return await super.find(kid);
            } catch (error) {
              if (isCode(error, 'AUTH_KEY_UNKNOWN')) return super.find('caller-1');
              throw error;
            }
          }
        },
      })),
  },

  'the issuer of third parties is not checked': {
    noticed: ['third party token', 'from another issuer'],
    weaken: () =>
      withModule<typeof JwksModule>(`${backend}/tokens/external/jwksMethod`, actual => ({
        createJwksMethod: ({ issuers: _, ...entry }, ...rest) =>
          actual.createJwksMethod(entry, ...rest),
      })),
  },

  'restrictions are dropped at delegation': {
    noticed: ['call', 'for a caller who may not use the target'],
    weaken: () =>
      withModule(`${backend}/delegation`, () => ({ requireDelegable: () => undefined })),
  },

  'a policy matches the beginning of a segment': {
    noticed: ['path', 'below a policy'],
    weaken: () =>
      withModule<typeof PatternModule>(`${http}/core/pathPattern`, actual => ({
        parsePathPattern: (path, exact) =>
          actual.parsePathPattern(path, exact).map(pattern => ({
            ...pattern,
            regexps: Object.fromEntries(
              Object.entries(pattern.regexps).map(([reading, { source, flags }]) => [
                reading,
                new RegExp(source.replace(/\(\?=\\\/\|\$\)$/, ''), flags),
              ]),
            ) as typeof pattern.regexps,
          })),
      })),
  },

  'limited tokens are accepted everywhere': {
    noticed: ['limited user token', 'where only full tokens are accepted'],
    weaken: async () => ({
      auth: auth =>
        replacing(auth, {
          authenticate: token => auth.authenticate(token, { allowLimitedAccess: true }),
        }),
    }),
  },

  'static tokens are compared by their beginning': {
    noticed: ['static token', 'longer or shorter'],
    weaken: async () => ({
      auth: auth =>
        replacing(auth, {
          authenticate(token, options) {
            const { plain } = staticTokens;
            return auth.authenticate(token.startsWith(plain) ? plain : token, options);
          },
        }),
    }),
  },

  'the cookie is read where it is not asked for': {
    noticed: ['request', 'with a cookie that is not asked for'],
    weaken: async () => ({
      httpAuth: httpAuth =>
        replacing(httpAuth, {
          credentials: (req, options) =>
            httpAuth.credentials(req, { ...options, allowLimitedAccess: true }),
        }),
    }),
  },
};

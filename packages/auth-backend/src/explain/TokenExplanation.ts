import type { JsonObject } from '@backstage/types';
import type { AuthErrorCode } from '@stagepass/auth-node';

/**
 * What a text is, by what it says of itself; `static token` and `token of a custom handler` by what the
 * configuration says of it.
 *
 * @public
 */
export type TokenKind =
  | 'user token'
  | 'limited user token'
  | 'old user token'
  | 'plugin token'
  | 'plugin token on behalf of a user'
  | 'legacy token'
  | 'third-party token'
  | 'static token'
  | 'token of a custom handler'
  | 'mock token'
  | 'encrypted token'
  | 'no token';

/**
 * What a token is, who signed it, whether one plugin would accept it, and if not what to change: plain data
 * that JSON can hold. It never holds the token, a signature, an identity proof or a configured secret.
 *
 * @public
 */
export interface TokenExplanation {
  /** What the text is. */
  kind: TokenKind;
  /** What the explanation is of. */
  asked: {
    /** The plugin to which the token is presented. */
    pluginId: string;
    /** Limited user tokens are allowed, as on a route that takes the cookie. */
    allowLimitedAccess: boolean;
    /** The time for which the verdict holds, ISO 8601. */
    at: string;
  };
  /** What stood around the token, where more than the token was given; the rest is of the token in it. */
  pasted?: {
    as: 'Authorization header' | 'cookie' | 'text around a token';
    /** What is wrong with it: whoever sends it like this is refused, whatever the token. */
    problem?: string;
  };
  /** What is wrong with the form of the token, where it is not a signed token as it should be written. */
  problem?: string;
  /** The header, where the signature over it has been verified. */
  header?: JsonObject;
  /** The claims, where the signature over them has been verified; without `obo` and `uip`. */
  claims?: JsonObject;
  /** The header, proved by nothing. */
  unverifiedHeader?: JsonObject;
  /** The claims, proved by nothing; without `obo` and `uip`. */
  unverifiedClaims?: JsonObject;
  /**
   * The user's token that a plugin token carries, as if it were presented by itself where limited access is
   * allowed.
   */
  onBehalfOf?: TokenExplanation;
  /** Who signed the token, or says so; absent where nobody did. */
  signer?: SignerExplanation;
  /** The times that the token states. */
  times?: {
    issued?: TimeExplanation;
    validFrom?: TimeExplanation;
    expires?: TimeExplanation;
  };
  /** What the entries of external callers said, in the order in which they were asked, if they were. */
  externalEntries?: Array<{
    /** Where the entry stands in the configuration. */
    path: string;
    type: string;
    said: 'accepted' | 'not mine' | 'refused';
    code?: AuthErrorCode;
    reason?: string;
  }>;
  /** What `authenticate` of the plugin answers. */
  verdict: TokenVerdict;
  /** What to change, most likely first; for an accepted token where to look if a request is refused all the same. */
  advice: string[];
}

/**
 * Who signed a token. Unless `signature` is `verified`, it is what the token says.
 *
 * @public
 */
export interface SignerExplanation {
  /** In words, such as `the plugin "catalog"`. */
  who: string;
  /** Where the entry of an external caller stands in the configuration. */
  configPath?: string;
  /** The `kid` of the token. */
  keyId?: string;
  /** The `alg` of the token. */
  algorithm?: string;
  signature: 'verified' | 'invalid' | 'not checked';
  /** Whether the issuer publishes the key that the token names. */
  key: 'published' | 'not published' | 'not known' | 'a shared secret';
  /** Who was asked for the key, this process or a URL without its query, and what came of it. */
  askedForKey: Array<{ where: string; outcome: string }>;
  /** What was wrong with the key sets. */
  warnings: string[];
}

/**
 * A time that a token states.
 *
 * @public
 */
export interface TimeExplanation {
  /** ISO 8601. */
  at: string;
  /** Seen from the time of the explanation, such as `expired 5 minutes ago`. */
  inWords: string;
}

/**
 * Whether a token is accepted. It comes from the code that `authenticate` runs.
 *
 * @public
 */
export type TokenVerdict =
  | {
      accepted: true;
      /** The principal of the credentials: type, subject or user, actor and access restrictions. */
      principal: JsonObject;
      /** When the credentials expire, ISO 8601. */
      expiresAt?: string;
    }
  | {
      accepted: false;
      code: AuthErrorCode;
      /** The sentence that the caller reads. */
      message: string;
      /** The status of the answer. */
      status: 401 | 403 | 500 | 503;
      /** What was expected and found, as in the log. */
      reason: string;
    };

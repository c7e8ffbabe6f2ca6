import type { Clock } from '@stagepass/auth-node';
import {
  createAuthError,
  type CredentialsView,
  isPending,
  printable,
  quote,
} from '@stagepass/auth-node/internal';
import { requireDelegable, type RestrictedDelegation } from './delegation';
import type { KeySource } from './keys/KeySource';
import type { MemoryBudget } from './memory/MemoryBudget';
import { TokenMemory } from './memory/TokenMemory';
import { isWithin } from './tokens/claims';
import {
  deriveLimitedUserToken,
  type LimitedUserToken,
} from './tokens/limitedUser/limitedUserToken';
import type { PluginTokenRoom } from './tokens/plugin/decoratePluginTokens';
import { PLUGIN_TOKEN_LIFE, type PluginCall } from './tokens/plugin/PluginTokens';
import type { SigningKey } from './tokens/signJws';
import type { UserTokens } from './tokens/user/UserTokens';

/** How long a plugin token lives, in milliseconds. */
const LIFE = PLUGIN_TOKEN_LIFE * 1000;

/** How long a token goes out again: so that it lives at least nine tenths as long as a new one would. */
const REUSED_FOR = LIFE / 10;

/** A token that was issued, and what it depends on. */
interface Issued {
  readonly token: string;
  readonly key: SigningKey;
  /** Between these it goes out, in milliseconds since the epoch. */
  readonly from: number;
  readonly until: number;
}

/**
 * The tokens with which one plugin calls others, for itself or for somebody. A token is signed once for the same
 * target and the same caller, and goes out again for a while; whether it may is decided each time.
 */
export class CallTokens {
  readonly #options: {
    readonly pluginTokens: PluginTokenRoom;
    readonly userTokens: UserTokens;
    readonly keySource: KeySource;
    readonly defaultPolicyDisabled: boolean;
    readonly storedServiceCredentials: boolean;
    readonly restrictedDelegation: RestrictedDelegation;
    readonly clock: Clock;
  };
  /** By the exact token of the user, or the limits of the service, for whom it calls. */
  readonly #issued: TokenMemory<Issued>;

  constructor(options: {
    pluginTokens: PluginTokenRoom;
    userTokens: UserTokens;
    keySource: KeySource;
    defaultPolicyDisabled: boolean;
    storedServiceCredentials: boolean;
    restrictedDelegation: RestrictedDelegation;
    clock: Clock;
    memory: MemoryBudget;
  }) {
    this.#options = options;
    this.#issued = new TokenMemory(options.memory);
  }

  /** Returns a token that was issued for the same call a while ago, if nothing stands against it. */
  recall(credentials: CredentialsView, targetPluginId: string): string | undefined {
    const caller = callerOf(credentials);
    return caller === undefined ? undefined : this.#recall(caller, targetPluginId);
  }

  /**
   * Issues a token for a call to a plugin, for which none is recalled; empty where it is to be made without one.
   *
   * @returns the token; without a promise where it was signed at once
   */
  issue(credentials: CredentialsView, targetPluginId: string): string | Promise<string> {
    const { defaultPolicyDisabled } = this.#options;
    const { principal } = credentials;
    if (principal.type === 'none' && defaultPolicyDisabled) return '';
    if (principal.type === 'user') {
      const caller = callerOf(credentials);
      const onBehalfOf = this.limit(credentials);
      return isPending(onBehalfOf)
        ? onBehalfOf.then(limited => this.#sign(caller, { targetPluginId, onBehalfOf: limited }))
        : this.#sign(caller, { targetPluginId, onBehalfOf });
    }
    if (principal.type !== 'service') {
      throw createAuthError(
        'AUTH_CREDENTIALS_MISSING',
        `no token can be issued on behalf of a ${quote(principal.type)} principal; pass the credentials of a user or a service`,
        {
          message: `Refused to issue service token for credential type '${printable(principal.type, 50)}'`,
        },
      );
    }
    const { storedServiceCredentials: storedAccepted, restrictedDelegation } = this.#options;
    const accessRestrictions = requireDelegable(credentials, targetPluginId, {
      storedAccepted,
      restrictedDelegation,
    });
    const caller = accessRestrictions ? JSON.stringify([...accessRestrictions]) : '';
    const isRecalled = caller === callerOf(credentials);
    const known = isRecalled ? undefined : this.#recall(caller, targetPluginId);
    return known ?? this.#sign(caller, { targetPluginId, accessRestrictions });
  }

  /**
   * Derives the limited token of a user.
   *
   * @returns the token; without a promise where nobody had to be waited for
   */
  limit(credentials: CredentialsView): LimitedUserToken | Promise<LimitedUserToken> {
    const { principal, token, limitedForm, revived } = credentials;
    if (principal.type !== 'user' || token === undefined) {
      throw createAuthError(
        'AUTH_CREDENTIALS_MISSING',
        `expected the credentials of a user with their token, found those of a ${quote(principal.type)} principal${token === undefined ? ' without a token' : ''}`,
        {
          message:
            principal.type === 'user'
              ? 'User credentials is unexpectedly missing token'
              : `Refused to issue limited user token for credential type '${printable(principal.type, 50)}'`,
        },
      );
    }
    if (revived) return this.#limitRevived(principal, token);
    const now = this.#options.clock.now() / 1000;
    return limitedForm && isWithin(limitedForm.times, now)
      ? { token: limitedForm.token, expiresAt: new Date(limitedForm.times.exp * 1000) }
      : deriveLimitedUserToken(token, now);
  }

  async #limitRevived(principal: object, token: string): Promise<LimitedUserToken> {
    const { userTokens, clock } = this.#options;
    const { userEntityRef } = await userTokens.verifyToken(token, 'user');
    if (!('userEntityRef' in principal) || principal.userEntityRef !== userEntityRef) {
      throw createAuthError(
        'AUTH_CLAIM_INVALID',
        `the stored credentials name another user than their token, which is ${quote(userEntityRef)}'s; store credentials unchanged`,
      );
    }
    return deriveLimitedUserToken(token, clock.now() / 1000);
  }

  #recall(caller: string, targetPluginId: string): string | undefined {
    const issued = this.#issued.recall(caller, targetPluginId);
    if (!issued) return undefined;
    const now = this.#options.clock.now();
    const isFresh = issued.from <= now && now < issued.until;
    const isSignedNow = issued.key === this.#options.keySource.signingKeyAtHand();
    return isFresh && isSignedNow ? issued.token : undefined;
  }

  #sign(caller: string | undefined, call: PluginCall): string | Promise<string> {
    const { pluginTokens, keySource, clock } = this.#options;
    const key = keySource.signingKeyAtHand();
    const from = Math.floor(clock.now() / 1000) * 1000;
    const token = pluginTokens.issue(call);
    // Who decorates plugin tokens issues each of them.
    if (caller === undefined || !key || pluginTokens.isDecorated) return token;
    const remember = (issued: string) => this.#remember(caller, call, { token: issued, key, from });
    return isPending(token) ? token.then(remember) : remember(token);
  }

  #remember(caller: string, call: PluginCall, issued: Omit<Issued, 'until'>): string {
    const { token, from } = issued;
    const userUntil = call.onBehalfOf?.expiresAt.getTime() ?? Infinity;
    // With the user's token it ends, however new.
    const until = userUntil <= from + LIFE ? userUntil : from + REUSED_FOR;
    const about = call.targetPluginId;
    // The token of a caller is no part of a longer text: credentials hold copies.
    this.#issued.remember(caller, { ...issued, until }, { about, valueBytes: token.length });
    return token;
  }
}

/** Names for whom a call is made, where that can be told at sight: by the token of the user, or as the plugin itself. */
function callerOf({
  principal,
  token,
  revived,
  allAccessRestrictions,
}: CredentialsView): string | undefined {
  if (revived) return undefined;
  if (principal.type === 'user') return token;
  const isUnrestricted =
    principal.type === 'service' &&
    allAccessRestrictions === undefined &&
    !('accessRestrictions' in principal && principal.accessRestrictions !== undefined);
  return isUnrestricted ? '' : undefined;
}

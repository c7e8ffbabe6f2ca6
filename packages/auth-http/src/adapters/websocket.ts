import { InputError } from '@backstage/errors';
import type {
  BackstageCredentials,
  BackstagePrincipalTypes,
  Clock,
  HttpAuthService,
} from '@stagepass/auth-node';
import { createAuthError, systemClock, viewCredentials } from '@stagepass/auth-node/internal';
import { type Answer, answerError, type ClosableHttpAuthService } from '../index';
import { closeAtExpiry } from './websocket/closeAtExpiry';
import { refuseUpgrade } from './websocket/refuseUpgrade';
import { findNoUpgrade, type UpgradeRequest } from './websocket/requireUpgrade';
import type { UpgradeSocket } from './websocket/UpgradeSocket';

/**
 * What {@link createUpgradeAuth} takes.
 *
 * @public
 */
export interface UpgradeAuthOptions<TAllowed extends keyof BackstagePrincipalTypes> {
  /**
   * The request service of the plugin, as `createHttpAuthService` makes it: it is what refuses an auth cookie
   * from a foreign origin, and what records the refusals.
   */
  httpAuth: HttpAuthService & Partial<Pick<ClosableHttpAuthService, 'recordRefusal'>>;
  /**
   * The principals that may open a WebSocket; default users and services. Nobody comes in without credentials
   * unless `none` is among them, `dangerouslyDisableDefaultAuthPolicy` or not.
   */
  allow?: TAllowed[];
  /**
   * Whether limited user tokens open it too, above all the one in the auth cookie: the only credentials that
   * the page of a browser can send along. Default true.
   */
  allowLimitedAccess?: boolean;
  /**
   * Is told what failed other than by a refusal: a check of credentials, answered with 500, and what
   * {@link UpgradeAuth.admit} called back. Must not throw.
   */
  onError(error: unknown): void;
  /** For tests; default the machine's time. */
  clock?: Clock;
}

/**
 * An upgrade that may take place.
 *
 * @public
 */
export interface AdmittedUpgrade<TAllowed extends keyof BackstagePrincipalTypes> {
  /** The verified credentials of the caller. */
  readonly credentials: BackstageCredentials<BackstagePrincipalTypes[TAllowed]>;
  /**
   * Sets what is called when the credentials expire, just before the socket is closed: the moment to send a
   * close frame, for instance with code 4401.
   */
  onExpiry(farewell: () => void): void;
}

/**
 * Decides who may open a WebSocket.
 *
 * @public
 */
export interface UpgradeAuth<TAllowed extends keyof BackstagePrincipalTypes> {
  /**
   * Decides about one `upgrade` event of a Node HTTP server: calls back if the upgrade may take place, and
   * answers and closes the socket if not, as the routes of the plugin would: 401, 403 or 503 with their
   * challenge and Backstage's error body; 400 for what is no opening handshake (RFC 6455 section 4.2.1).
   *
   * An admitted socket is closed when its credentials expire, two seconds later if it does not take the last
   * bytes. Static tokens do not expire, and a token of a custom handler does not say when.
   *
   * @param request - the request; call this in the event itself, for until then nobody listens to errors of
   *   the socket
   * @param socket - the socket; nothing may have been read from it or written to it
   * @param accept - upgrades; if it throws, or rejects, the socket is destroyed. Not called where the peer
   *   is gone before the decision
   */
  admit(
    request: UpgradeRequest,
    socket: UpgradeSocket,
    accept: (upgrade: AdmittedUpgrade<TAllowed>) => unknown,
  ): void;
}

/**
 * Makes what decides who may open a WebSocket of one plugin, for the `upgrade` event of any Node HTTP server
 * and any library that takes over from there. No path policy opens an upgrade.
 *
 * Accepted are a bearer in `Authorization`, and the auth cookie where the request comes from the origin of the
 * plugin, or from an exact origin in `backend.cors.origin`: any web site can make a browser open a WebSocket
 * with the cookie. A token in the query or in the subprotocol is not looked at.
 *
 * @param options - see {@link UpgradeAuthOptions}
 * @public
 */
export function createUpgradeAuth<
  TAllowed extends keyof BackstagePrincipalTypes = 'user' | 'service',
>(options: UpgradeAuthOptions<TAllowed>): UpgradeAuth<TAllowed> {
  const { httpAuth, onError, clock = systemClock, allowLimitedAccess = true } = options;
  const allow = options.allow ?? (['user', 'service'] as TAllowed[]);

  function requireUpgrade(request: UpgradeRequest): void {
    const found = findNoUpgrade(request);
    if (found === undefined) return;
    const expected = 'the upgrade to a WebSocket: GET, HTTP/1.1, "Upgrade: websocket", no body';
    // Answered with 400, as RFC 6455 has it, and recorded under the code that comes closest.
    const reason = `expected ${expected}; found ${found}`;
    httpAuth.recordRefusal?.(createAuthError('AUTH_REQUEST_AMBIGUOUS', reason), request);
    throw new InputError(`Expected ${expected}`);
  }

  async function authenticate(request: UpgradeRequest) {
    requireUpgrade(request);
    const credentials = await httpAuth.credentials(request, { allow, allowLimitedAccess });
    const { expiresAt } = viewCredentials(credentials);
    if (expiresAt && !(expiresAt.getTime() > clock.now())) {
      throw createAuthError(
        'AUTH_TOKEN_EXPIRED',
        'the credentials expired while they were checked',
      );
    }
    return credentials;
  }

  function refuse(request: UpgradeRequest, socket: UpgradeSocket, reason: unknown): void {
    const error = httpAuth.recordRefusal?.(reason, request) ?? reason;
    const answer = answerError(error, request);
    refuseUpgrade(socket, request, answer ?? unexpected(request), clock);
    if (!answer) onError(error);
  }

  async function enter(
    socket: UpgradeSocket,
    credentials: BackstageCredentials<BackstagePrincipalTypes[TAllowed]>,
    accept: (upgrade: AdmittedUpgrade<TAllowed>) => unknown,
  ): Promise<void> {
    if (socket.destroyed) return;
    let farewell = () => {};
    const sayFarewell = () => {
      try {
        farewell();
      } catch (error) {
        onError(error);
      }
    };
    const { expiresAt } = viewCredentials(credentials);
    if (expiresAt) closeAtExpiry(socket, expiresAt, clock, sayFarewell);
    try {
      await accept({ credentials, onExpiry: callback => void (farewell = callback) });
    } catch (error) {
      socket.destroy();
      onError(error);
    }
  }

  return {
    admit(request, socket, accept) {
      // Node has taken its own listeners away, and an error that nobody listens to ends the process.
      socket.on('error', () => {});
      void authenticate(request).then(
        credentials => enter(socket, credentials, accept),
        error => refuse(request, socket, error),
      );
    },
  };
}

/** The answer to what is no refusal says nothing of it. */
function unexpected({ method = '', url = '' }: UpgradeRequest): Answer {
  return {
    status: 500,
    headers: {},
    body: {
      error: { name: 'Error', message: 'Internal Server Error' },
      request: { method, url: url.replace(/[?#].*$/s, '') },
      response: { statusCode: 500 },
    },
  };
}

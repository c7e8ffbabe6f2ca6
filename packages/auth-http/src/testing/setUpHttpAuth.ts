import type { AuthEvent, AuthRequest, LoggerService } from '@stagepass/auth-node';
import { TestClock } from '@stagepass/auth-test-utils';
import { createHttpAuthService, type HttpAuthServiceOptions } from '../createHttpAuthService';
import { FakeAuthService, limitedToken, oneHour, startOfTests } from './FakeAuthService';

/** Makes a request service of the plugin `test` at https://backend.example.com/api/test. */
export function setUpHttpAuth(options: Partial<HttpAuthServiceOptions> = {}) {
  const clock = new TestClock(startOfTests);
  const auth = new FakeAuthService(clock);
  const events: AuthEvent[] = [];
  const lines: Array<[level: string, message: string, meta?: unknown]> = [];
  const logger: LoggerService = {
    error: (...line) => void lines.push(['error', ...line]),
    warn: (...line) => void lines.push(['warn', ...line]),
    info: (...line) => void lines.push(['info', ...line]),
    debug: (...line) => void lines.push(['debug', ...line]),
    child: () => logger,
  };
  const httpAuth = createHttpAuthService({
    auth,
    clock,
    pluginId: 'test',
    logger,
    onAuthEvent: event => void events.push(event),
    discovery: {
      getBaseUrl: async id => `http://internal:7007/api/${id}`,
      getExternalBaseUrl: async id => `https://backend.example.com/api/${id}`,
    },
    ...options,
  });
  return { auth, clock, httpAuth, events, lines, logger };
}

/** A request with a bearer token. */
export const bearer = (token: string): AuthRequest => ({
  method: 'GET',
  headers: { authorization: `Bearer ${token}` },
});

/** A request with auth cookies. */
export const withCookies = (...values: string[]): AuthRequest => ({
  method: 'GET',
  headers: { cookie: values.map(value => `backstage-auth=${value}`).join('; ') },
});

/** The limited user token of a user, which expires so many milliseconds after the start. */
export const limited = (name: string, expiresIn = oneHour) =>
  limitedToken(name, startOfTests + expiresIn);

/** What credentials of a user look like. */
export const principalOf = (name: string) => ({
  principal: { type: 'user', userEntityRef: `user:default/${name}` },
});

export const illegal = { code: 'AUTH_TOKEN_MALFORMED', message: 'Illegal token' };
export const missing = { code: 'AUTH_CREDENTIALS_MISSING', message: 'Missing credentials' };

import { type Config, ConfigReader } from '@backstage/config';
import type { JsonObject } from '@backstage/types';
import { createAuthError, describeValue, quote } from '@stagepass/auth-node/internal';
import type { UserCookieOptions } from './userCookie';

/** What the configuration says about requests. */
export interface HttpConfig {
  /** `backend.auth.dangerouslyDisableDefaultAuthPolicy`. */
  readonly defaultPolicyDisabled: boolean;
  /** The exact origins of `backend.cors.origin`; patterns such as `https://*.example.com` are not among them. */
  readonly corsOrigins: readonly string[];
  /** `backend.auth.cookie`. */
  readonly cookie: UserCookieOptions;
}

const cookieMembers = ['name', 'domain', 'sameSite', 'partitioned'];

/**
 * Reads what the configuration says about requests.
 *
 * @param config - the whole configuration, of `@backstage/config` or as a plain object; absent: defaults
 * @throws Error `AUTH_CONFIG_INVALID`, beginning with the path in the configuration
 */
export function readHttpConfig(config: Config | JsonObject = {}): HttpConfig {
  const reader = isConfig(config) ? config : new ConfigReader(config);
  return {
    defaultPolicyDisabled:
      read('backend.auth.dangerouslyDisableDefaultAuthPolicy', path =>
        reader.getOptionalBoolean(path),
      ) ?? false,
    corsOrigins: readOrigins(read('backend.cors.origin', path => reader.getOptional(path))),
    cookie: readCookie(read('backend.auth.cookie', path => reader.getOptional(path))),
  };
}

/** What the members may be is checked where the cookie is made. */
function readCookie(value: unknown): UserCookieOptions {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw createAuthError(
      'AUTH_CONFIG_INVALID',
      `backend.auth.cookie: expected an object, found ${describeValue(value)}`,
    );
  }
  const unknown = Object.keys(value).find(member => !cookieMembers.includes(member));
  if (unknown !== undefined) {
    throw createAuthError(
      'AUTH_CONFIG_INVALID',
      `backend.auth.cookie.${unknown}: unknown key, expected one of ${cookieMembers.join(', ')}`,
    );
  }
  return value;
}

function readOrigins(value: unknown): string[] {
  if (value === undefined || value === null || typeof value === 'boolean') return [];
  const entries: unknown[] = Array.isArray(value) ? value : [value];
  return entries.filter((entry): entry is string => {
    if (typeof entry === 'string') return isOrigin(entry);
    throw createAuthError(
      'AUTH_CONFIG_INVALID',
      `backend.cors.origin: expected an origin or a list of them, found ${quote(entry)}`,
    );
  });
}

/** Leaves out patterns, `*` and `null`: they admit origins that nobody has named. */
function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text && !text.includes('*');
}

function read<T>(path: string, access: (path: string) => T): T {
  try {
    return access(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw createAuthError('AUTH_CONFIG_INVALID', `${path}: ${reason}`);
  }
}

function isConfig(config: Config | JsonObject): config is Config {
  return typeof config.getOptionalBoolean === 'function';
}

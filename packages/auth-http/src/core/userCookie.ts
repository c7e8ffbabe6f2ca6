import { createAuthError, quote } from '@stagepass/auth-node/internal';

/**
 * How the auth cookie is written.
 *
 * @public
 */
export interface UserCookieOptions {
  /**
   * Name; default `backstage-auth`. A name that begins with `__Host-` or `__Secure-` brings with it what
   * browsers force on such cookies: `Secure`, and for `__Host-` no `domain`.
   */
  name?: string;
  /** Domain whose sub-domains get the cookie too; default none, so that only the backend's host gets it. */
  domain?: string;
  /**
   * Default `none`. Where the cookie is not `Secure`, which is on plain http other than localhost, `none`
   * becomes `lax`, since browsers drop a cookie that is `SameSite=None` but not `Secure`.
   */
  sameSite?: 'strict' | 'lax' | 'none';
  /** Keep one cookie per embedding site (CHIPS), where the cookie is `Secure`; default false. */
  partitioned?: boolean;
}

/** Writes `Set-Cookie` lines of the auth cookie (RFC 6265 section 4.1). */
export interface UserCookie {
  readonly name: string;
  /** Says why browsers would not keep a value; undefined if they would. */
  problemOf(value: string): string | undefined;
  /**
   * Returns the line that sets the cookie.
   *
   * @throws Error when browsers would not keep it
   */
  set(externalBaseUrl: URL, value: string, expiresAt: Date, now: number): string;
  /**
   * Returns the lines that clear the cookie in each form it can have: without `Domain`, and with those
   * that this cookie and Backstage's have.
   */
  clear(externalBaseUrl: URL): string[];
  /** Returns the lines of {@link UserCookie.clear} but the one of the form that `set` writes. */
  clearOtherForms(externalBaseUrl: URL): string[];
}

const sameSiteText = { strict: 'Strict', lax: 'Lax', none: 'None' } as const;

/** Browsers drop a cookie whose name and value are longer together (RFC 6265bis section 5.6). */
const longestNameAndValue = 4096;

/**
 * Makes the writer of the auth cookie.
 *
 * @param path - where the options stand, for messages
 * @throws Error `AUTH_CONFIG_INVALID` when browsers would not accept a cookie of these options
 */
export function createUserCookie(options: UserCookieOptions = {}, path = 'cookie'): UserCookie {
  const {
    name = 'backstage-auth',
    domain,
    sameSite: wanted = 'none',
    partitioned = false,
  } = options;
  checkOptions({ name, domain, sameSite: wanted, partitioned }, path);
  const hostOnly = hasPrefix(name, '__host-');

  function line(url: URL, form: string | undefined, value: string, lifetime: string): string {
    const secure =
      hostOnly ||
      hasPrefix(name, '__secure-') ||
      url.protocol === 'https:' ||
      url.hostname === 'localhost';
    return [
      `${name}=${value}`,
      form === undefined ? '' : `Domain=${form}`,
      'Path=/',
      lifetime,
      'HttpOnly',
      secure ? 'Secure' : '',
      secure && partitioned ? 'Partitioned' : '',
      'Priority=High',
      `SameSite=${sameSiteText[!secure && wanted === 'none' ? 'lax' : wanted]}`,
    ]
      .filter(part => part !== '')
      .join('; ');
  }

  function clearForms(url: URL, forms: Iterable<string | undefined>): string[] {
    return Array.from(forms, form => line(url, form, '', `Expires=${new Date(0).toUTCString()}`));
  }

  function allForms(url: URL): Set<string | undefined> {
    return new Set(hostOnly ? [undefined] : [undefined, url.hostname, domain]);
  }

  return {
    name,
    problemOf: value => problemOf(name, value),
    set(url, value, expiresAt, now) {
      const problem = problemOf(name, value);
      if (problem !== undefined) throw new Error(`Failed to issue user cookie, ${problem}`);
      const seconds = Math.max(0, Math.floor((expiresAt.getTime() - now) / 1000));
      return line(url, domain, value, `Max-Age=${seconds}; Expires=${expiresAt.toUTCString()}`);
    },
    clear: url => clearForms(url, allForms(url)),
    clearOtherForms(url) {
      const forms = allForms(url);
      forms.delete(domain);
      return clearForms(url, forms);
    },
  };
}

function checkOptions(options: Record<keyof UserCookieOptions, unknown>, path: string): void {
  const { name, domain, sameSite, partitioned } = options;
  if (typeof name !== 'string' || !/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name)) {
    throw createAuthError(
      'AUTH_CONFIG_INVALID',
      `${path}.name: expected a token of RFC 9110, found ${quote(name)}`,
    );
  }
  if (domain !== undefined && (typeof domain !== 'string' || !/^[a-z0-9.-]+$/i.test(domain))) {
    throw createAuthError(
      'AUTH_CONFIG_INVALID',
      `${path}.domain: expected a host name, found ${quote(domain)}`,
    );
  }
  if (domain !== undefined && hasPrefix(name, '__host-')) {
    throw createAuthError(
      'AUTH_CONFIG_INVALID',
      `${path}.domain: a cookie named ${quote(name)} cannot have a domain; leave it out or change the name`,
    );
  }
  if (!Object.hasOwn(sameSiteText, String(sameSite))) {
    throw createAuthError(
      'AUTH_CONFIG_INVALID',
      `${path}.sameSite: expected strict, lax or none, found ${quote(sameSite)}`,
    );
  }
  if (typeof partitioned !== 'boolean') {
    throw createAuthError(
      'AUTH_CONFIG_INVALID',
      `${path}.partitioned: expected true or false, found ${quote(partitioned)}`,
    );
  }
}

function problemOf(name: string, value: string): string | undefined {
  if (!/^[\x21-\x3a\x3c-\x7e]+$/.test(value)) {
    return 'the token has characters that no cookie can hold';
  }
  const length = name.length + value.length;
  if (length <= longestNameAndValue) return undefined;
  return `name and token have ${length} bytes and browsers drop a cookie of more than ${longestNameAndValue}`;
}

/** Browsers compare the prefixes without regard to case. */
function hasPrefix(name: string, prefix: string): boolean {
  return name.toLowerCase().startsWith(prefix);
}

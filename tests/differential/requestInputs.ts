import type { Keys } from './keys';
import { type BaseName, buildToken, type Change } from './tokenInputs';

/** One value of the cookie, and how it is written. */
export interface CookieInput {
  readonly name: string;
  readonly token: TokenName;
  readonly written: 'plain' | 'quoted' | 'encoded' | 'spaced';
}

/** One question about the request. */
export interface CallInput {
  readonly allow?: ReadonlyArray<'user' | 'service' | 'none'>;
  readonly limited: boolean;
}

/** A request as it is generated. */
export interface RequestInput {
  /** What stands before and after the token in `Authorization`; undefined for no such header. */
  readonly header?: { readonly before: string; readonly token: TokenName; readonly after: string };
  /** The header came twice. */
  readonly twice?: boolean;
  readonly cookies: readonly CookieInput[];
  readonly method: string | undefined;
  readonly origin?: string;
  readonly site?: string;
  readonly upgrade?: boolean;
  /** What is asked about the one request object, in this order. */
  readonly calls: readonly CallInput[];
}

const [limitedJoe, late]: Change[][] = [
  [{ in: 'claims', name: 'sub', json: '"user:default/joe"' }],
  [
    { in: 'claims', name: 'exp', json: '1' },
    { in: 'claims', name: 'iat', json: '0' },
  ],
];

/** The tokens that requests carry, by name. */
export const tokens = {
  plugin: { base: 'plugin', changes: [] },
  obo: { base: 'plugin', changes: [], obo: { base: 'limited', changes: [] } },
  user: { base: 'user', changes: [] },
  limited: { base: 'limited', changes: [] },
  limitedJoe: { base: 'limited', changes: limitedJoe! },
  expired: { base: 'limited', changes: late! },
  expiredPlugin: { base: 'plugin', changes: late! },
  ci: { base: 'plain', changes: [] },
  unicode: { base: 'unicode', changes: [] },
  restricted: { base: 'here', changes: [] },
  elsewhere: { base: 'elsewhere', changes: [] },
} as const satisfies Record<string, { base: BaseName; changes: readonly Change[]; obo?: object }>;

/** A token that a request can carry, or none, or a text that is none. */
export type TokenName = keyof typeof tokens | 'junk' | 'nothing';

/** What the tokens of requests are, on the wire; made once. */
export function createRequestTokens(keys: Keys): Readonly<Record<TokenName, string>> {
  const built = Object.entries(tokens).map(([name, input]) => [name, buildToken(keys, input)]);
  return { ...Object.fromEntries(built), junk: 'junk', nothing: '' } as Record<TokenName, string>;
}

/** The name of the cookie. */
export const COOKIE = 'backstage-auth';
/** The origins that may send the cookie. */
export const TRUSTED_ORIGINS = ['https://app.example.com'];

/** The configuration on both sides: origins that may send the cookie. */
export const requestConfig = { backend: { cors: { origin: TRUSTED_ORIGINS } } };

/** Makes the request object; each side has one of its own, since answers are remembered for it. */
export function buildRequest(texts: Readonly<Record<TokenName, string>>, input: RequestInput) {
  const authorization =
    input.header && `${input.header.before}${texts[input.header.token]}${input.header.after}`;
  const cookie = input.cookies
    .map(it => `${it.name}=${writeCookie(texts[it.token], it)}`)
    .join('; ');
  const headers: Record<string, string> = {
    host: 'localhost',
    ...(authorization !== undefined && { authorization }),
    ...(cookie !== '' && { cookie }),
    ...(input.origin !== undefined && { origin: input.origin }),
    ...(input.site !== undefined && { 'sec-fetch-site': input.site }),
    ...(input.upgrade && { upgrade: 'websocket' }),
  };
  const rawHeaders = Object.entries(headers).flatMap(([name, value]) => [name, value]);
  if (input.twice && authorization !== undefined) rawHeaders.push('Authorization', 'Bearer x');
  return { headers, rawHeaders, method: input.method };
}

function writeCookie(text: string, { written }: CookieInput): string {
  if (written === 'quoted') return `"${text}"`;
  if (written === 'encoded')
    return `${text.slice(0, -1)}%${text.charCodeAt(text.length - 1).toString(16)}`;
  return written === 'spaced' ? ` ${text}\t` : text;
}

/** Where the plugin is reached from outside. */
export const externalOrigin = 'https://backstage.example.com';

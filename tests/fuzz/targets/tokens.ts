import type { JsonObject } from '@backstage/types';
import {
  readSubject,
  readTimes,
  tellParty,
} from '../../../packages/auth-backend/src/tokens/claims';
import { deriveLimitedUserToken } from '../../../packages/auth-backend/src/tokens/limitedUser/limitedUserToken';
import {
  MAX_TOKEN_LENGTH,
  parseCompact,
} from '../../../packages/auth-backend/src/tokens/parseCompact';
import { attempt, isSameJson, parseJson, promise, readTwice } from '../promises';
import type { Target } from '../Target';

/** The time of the tests, in seconds since the epoch. */
const NOW = 1_800_000_000;
const tokens = 'packages/auth-backend/src/tokens';

const headerWords = [
  ...['alg', 'typ', 'kid', 'crit', 'b64', 'ES256', 'none', 'urn:stagepass:access-restrictions'],
  ...['vnd.backstage.plugin', 'vnd.backstage.user', 'vnd.backstage.limited-user', '__proto__'],
];
const claimWords = [
  'sub',
  'aud',
  'iss',
  'iat',
  'exp',
  'nbf',
  'uip',
  'obo',
  'backstage',
  'toString',
];

/** A token, as it comes. */
export const compact: Target = {
  name: 'compact',
  sources: [`${tokens}/parseCompact.ts`],
  dictionary: ['.', '..', '=', 'e30', 'eyJhbGciOiJFUzI1NiJ9', 'undefined', 'null'],
  maxLength: MAX_TOKEN_LENGTH + 100,
  stepsPerByte: 40,
  check: input => void checkToken(input.toString('latin1')),
};

/** The header, the claims and the signature of a token, a line each, before they are encoded. */
export const claims: Target = {
  name: 'claims',
  json: 'lines',
  sources: ['claims', 'parseCompact', 'limitedUser/limitedUserToken'].map(
    it => `${tokens}/${it}.ts`,
  ),
  dictionary: [
    ...headerWords,
    ...claimWords,
    '"exp":1800003600',
    '"iat":1800000000',
    '1e3',
    '\n',
    '{}',
  ],
  maxLength: 8_000,
  stepsPerByte: 80,
  check(input) {
    const token = splitLines(input, 3)
      .map(part => part.toString('base64url'))
      .join('.');
    const jws = checkToken(token);
    if (!jws) return;
    const read = jws.claims;
    const times = [{ thirdParty: true }, { thirdParty: false }].map(options => {
      const codes = [
        'AUTH_CLAIM_INVALID',
        'AUTH_TOKEN_EXPIRED',
        'AUTH_TOKEN_NOT_YET_VALID',
      ] as const;
      const outcome = readTwice(() => readTimes(read, NOW, options), codes);
      if (!('value' in outcome)) return undefined;
      const { iat, exp } = outcome.value;
      promise(
        exp === read.exp && (iat === read.iat || read.iat === undefined),
        'reads times as they are',
      );
      promise(exp > NOW && iat <= exp && iat <= NOW + 60, 'accepts only a token that is valid now');
      promise(
        Object.hasOwn(read, 'iat') || options.thirdParty,
        'asks plugins when a token was issued',
      );
      return outcome.value;
    });
    promise(
      !times[1] || isSameJson(times[0], times[1]),
      'accepts from a third party what it does from us',
    );
    const subject = readTwice(() => readSubject(read), ['AUTH_CLAIM_INVALID']);
    if ('value' in subject) promise(subject.value === read.sub, 'reads a subject as it is');
    promise(typeof tellParty(read.aud) === 'string', 'tells any audience');
    checkLimitedForm(token, read);
  },
};

/** What is left of a user token in its limited form. */
function checkLimitedForm(token: string, read: JsonObject): void {
  const outcome = readTwice(
    () => deriveLimitedUserToken(token, NOW),
    [
      ...(['AUTH_CLAIM_INVALID', 'AUTH_TOKEN_EXPIRED', 'AUTH_TOKEN_NOT_YET_VALID'] as const),
      ...(['AUTH_TOKEN_TYPE_UNKNOWN', 'AUTH_KEY_UNKNOWN', 'AUTH_TOKEN_MALFORMED'] as const),
    ],
  );
  if (!('value' in outcome)) return;
  const { token: limited, expiresAt } = outcome.value;
  promise(
    expiresAt.getTime() === (read.exp as number) * 1000,
    'limits a token without a longer life',
  );
  if (limited === token) return;
  const { header, unverifiedClaims } = parseCompact(limited);
  promise(header.typ === 'vnd.backstage.limited-user', 'makes a limited token');
  promise(
    isSameJson(unverifiedClaims(), { sub: read.sub, iat: read.iat, exp: read.exp }),
    'limits to three claims',
  );
}

/** Holds a token to what is promised of every token; returns it where it is well-formed. */
function checkToken(token: string): { claims: JsonObject } | undefined {
  const outcome = readTwice(() => {
    const { header, signingInput, signature, unverifiedClaims } = parseCompact(token);
    return {
      header,
      signingInput,
      signature,
      claims: attempt(unverifiedClaims, ['AUTH_TOKEN_MALFORMED']),
    };
  }, ['AUTH_TOKEN_MALFORMED']);
  if (!('value' in outcome)) {
    promise(token.length < 10 || !outcome.reason.includes(token), 'tells no token');
    return undefined;
  }
  const { header, signingInput, signature, claims: payload } = outcome.value;
  promise(token.length <= MAX_TOKEN_LENGTH, 'reads no longer token');
  promise(
    `${signingInput}.${encode(signature)}` === token,
    'reads a signature that was written one way',
  );
  const [first = '', second = ''] = token.split('.');
  const written = parseJson(Buffer.from(first, 'base64url').toString()) as JsonObject;
  const { alg, typ, kid } = written;
  promise(
    isSameJson({ ...header, accessRestrictions: undefined }, { alg, typ, kid }),
    'reads the header as it is',
  );
  promise(
    !('crit' in written) || header.accessRestrictions !== undefined,
    'passes over nothing critical',
  );
  if (!('value' in payload)) return undefined;
  const bytes = Buffer.from(second, 'base64url');
  promise(encode(bytes) === second, 'reads a payload that was written one way');
  promise(isSameJson(payload.value, parseJson(bytes.toString())), 'reads the claims as they are');
  return { claims: payload.value };
}

/** Base64url by arithmetic, to have another opinion than that of `Buffer` (RFC 4648 section 5). */
function encode(bytes: Buffer): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const three = (bytes[at]! << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const digits = Math.min(4, bytes.length - at + 1);
    for (let digit = 0; digit < digits; digit += 1)
      text += alphabet[(three >> (18 - 6 * digit)) & 63];
  }
  return text;
}

/** Cuts an input at line feeds; all that is left is the last part. */
export function splitLines(input: Buffer, parts: number): Buffer[] {
  const found: Buffer[] = [];
  let start = 0;
  while (found.length < parts - 1) {
    const end = input.indexOf('\n', start);
    if (end === -1) break;
    found.push(input.subarray(start, end));
    start = end + 1;
  }
  return [...found, input.subarray(start)];
}

import { createKey } from '../../packages/auth-backend/src/testing/keyFixtures';
import { decode, forge, segment } from '../../packages/auth-backend/src/testing/tokenFixtures';

/** A key that nobody publishes. */
const foreign = createKey('foreign');

/** Ways to make a bad token of a good one for who has no key of its issuer. */
export const spoilings: ReadonlyArray<readonly [name: string, spoil: (token: string) => string]> = [
  ['signed with a foreign key', token => resign(token, {})],
  ['longer valid', token => withPayload(token, { exp: Number(decode(token).payload.exp) + 60 })],
  ['for somebody else', token => withPayload(token, { aud: 'somebody-else' })],
  ['of another issuer', token => withPayload(token, { sub: 'somebody-else' })],
  ['unsigned', token => `${withHeader(token, { alg: 'none' }).split('.').slice(0, 2).join('.')}.`],
  ['with an altered signature', token => token.replace(/.(.{20})$/, flipFirst)],
  ['with its end cut off', token => token.slice(0, -2)],
  ['with its key in it', token => resign(token, { jwk: foreign.jwk })],
];

/** Makes a bad token of a good one, one way or another. */
export function spoilWith(random: () => number): (token: string) => string {
  return token => spoilings[Math.floor(random() * spoilings.length)]![1](token);
}

function flipFirst(end: string, rest: string): string {
  return `${end.startsWith('A') ? 'B' : 'A'}${rest}`;
}

function resign(token: string, header: object): string {
  const { header: own, payload } = decode(token);
  return forge({ ...own, ...header }, payload, foreign.signing);
}

function withPayload(token: string, claims: object): string {
  const [header, , signature] = token.split('.');
  return [header, segment({ ...decode(token).payload, ...claims }), signature].join('.');
}

function withHeader(token: string, members: object): string {
  const [, payload, signature] = token.split('.');
  return [segment({ ...decode(token).header, ...members }), payload, signature].join('.');
}

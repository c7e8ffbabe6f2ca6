import fc from 'fast-check';
import type { KeySetInput, PublishedEntry, PublishedKey } from './keySetRun';
import { RUNS, type Scenario } from './tokenScenarios';

const key = (name: PublishedKey['key'], changes: PublishedKey['changes'] = {}): PublishedKey => ({
  key: name,
  changes,
});
const changed = (...changes: Array<PublishedKey['changes']>): fc.Arbitrary<PublishedEntry> =>
  fc.constantFrom(...changes).map(change => key('main', change));
const main = fc.constant<PublishedEntry>(key('main'));
const others = fc.shuffledSubarray<PublishedEntry>([key('other'), key('rsa'), key('curve')]);
const strange = fc.constantFrom<PublishedEntry>(
  { entry: { kty: 'oct', k: 'c2VjcmV0', kid: 'a' } },
  { entry: {} },
  { entry: { kty: 'EC', kid: 'b', crv: 'P-256' } },
);
const noEntry = fc.constantFrom<PublishedEntry>(
  { entry: null },
  { entry: 'key' },
  { entry: 1 },
  { entry: [] },
);

/** The entry stands somewhere among others. */
function scenario(
  name: string,
  branch: string | undefined,
  ...entries: Array<fc.Arbitrary<PublishedEntry>>
): Scenario<KeySetInput> {
  const inputs = fc
    .tuple(fc.tuple(...entries), others)
    .chain(([own, rest]) =>
      fc.shuffledSubarray([...own, ...rest], { minLength: own.length + rest.length }),
    )
    .map(list => ({ entries: list }));
  return { name, branch, inputs, runs: RUNS };
}

/** Key sets of all sorts. */
export const keySetScenarios: Scenario<KeySetInput>[] = [
  scenario('with the key', 'accepted', main),
  scenario('with the key, and asked again', 'accepted', main),
  scenario(
    'with a key that says less, or more',
    'accepted',
    changed(
      { use: undefined },
      { alg: undefined },
      { alg: null },
      { key_ops: ['verify'] },
      { key_ops: ['sign', 'verify'] },
      { x5c: ['x'] },
      { kid: 'main-1', exp: 1 },
    ),
  ),
  scenario('without the key', 'refused AUTH_KEY_UNKNOWN'),
  scenario(
    'with a key that is for something else',
    'refused AUTH_KEY_UNKNOWN',
    changed(
      { use: 'enc' },
      { use: '' },
      { key_ops: ['sign'] },
      { key_ops: [] },
      { kty: 'RSA' },
      { kty: undefined },
      { crv: 'P-384' },
      { kid: 'MAIN-1' },
      { kid: undefined },
      { kid: '' },
      { kid: 1 },
    ),
  ),
  scenario(
    'with a key of another algorithm',
    undefined,
    changed({ alg: 'ES384' }, { alg: 'RS256' }, { alg: '' }, { alg: 'none' }),
  ),
  scenario(
    'with a key that is none',
    'refused AUTH_KEY_UNKNOWN',
    changed({ x: undefined }, { x: '' }, { y: 'AAAA' }, { x: 1 }, { y: null }),
  ),
  scenario(
    'with the private key',
    'refused AUTH_KEY_UNKNOWN',
    changed({ d: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE' }),
  ),
  scenario(
    'with a key written in another way',
    'documented published-keys',
    fc.oneof(
      changed(
        { use: null },
        { use: 1 },
        { key_ops: 'verify' },
        { key_ops: null },
        { alg: 1 },
        { alg: ['ES256'] },
        { k: 'x' },
        { p: 'x' },
      ),
      fc.constant<PublishedEntry>({ ...key('main'), padded: true }),
    ),
  ),
  scenario('with strange keys beside it', 'accepted', main, strange),
  scenario('with what is no key beside it', 'documented unusable-entries', main, noEntry),
  scenario('with the key twice', 'documented several-keys-of-one-id', main, main),
  scenario(
    'with another key of its id',
    undefined,
    main,
    fc.constantFrom(
      key('other', { kid: 'main-1' }),
      key('curve', { kid: 'main-1' }),
      key('rsa', { kid: 'main-1' }),
    ),
  ),
];

import fc from 'fast-check';
import { type Members, membersOf } from './configurationInputs';

export const secretOf = (bytes: number) =>
  fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .map(value => Buffer.from(value).toString('base64'));
const token = fc
  .string({
    unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz0123456789-_.'),
    minLength: 8,
    maxLength: 40,
  })
  .filter(text => !/^x+$/.test(text));
const subject = fc.constantFrom('ci', 'external:ci', 'Plugin', 'käse', 'a/b', 'plugin', 'plug:in');
export const staticEntry = fc
  .record({ token, subject })
  .map(options => ({ type: 'static', options }));
export const legacyEntry = fc
  .record({ secret: fc.integer({ min: 16, max: 64 }).chain(secretOf), subject })
  .map(options => ({ type: 'legacy', options }));
export const jwksEntry = fc
  .record(
    {
      url: fc.constantFrom('https://idp.example.com/keys', 'http://127.0.0.1:1/jwks?x=y'),
      issuer: fc.constantFrom<unknown>('https://idp', ['https://a', 'https://b'], 'a b', 'a,b'),
      audience: fc.constantFrom<unknown>('aud', ['a', 'b'], 'a, b'),
      algorithm: fc.constantFrom<unknown>('ES256', ['ES256', 'RS256'], 'PS256 EdDSA', 'Ed25519'),
      subjectPrefix: fc.constantFrom('ci', 'a:b'),
    },
    { requiredKeys: ['url', 'issuer', 'audience'] },
  )
  .map(options => ({ type: 'jwks', options }));
export const anyEntryArbitrary: fc.Arbitrary<Members> = fc.oneof(
  staticEntry,
  legacyEntry,
  jwksEntry,
);
const restriction = fc.record(
  {
    permission: fc.constantFrom<unknown>('a.read', ['a', 'b'], 'a b', 'a,b'),
    permissionAttribute: fc
      .subarray(['create', 'read', 'update', 'delete'], { minLength: 1 })
      .chain(list => fc.constantFrom<unknown>(list, list.join(' ')))
      .map(action => ({ action })),
  },
  { requiredKeys: [] },
);
const restrictions = fc
  .tuple(
    fc.subarray(['receiver', 'catalog', 'search'], { minLength: 1 }),
    fc.array(restriction, { minLength: 3, maxLength: 3 }),
  )
  .map(([plugins, list]) => plugins.map((plugin, index) => ({ plugin, ...list[index] })));
export const restrictedEntry = fc
  .tuple(anyEntryArbitrary, restrictions)
  .map(([entry, accessRestrictions]): Members => ({ ...entry, accessRestrictions }));
export const externalAccess = fc.array(fc.oneof(anyEntryArbitrary, restrictedEntry), {
  maxLength: 4,
});
export const odd = fc.constantFrom<unknown>(
  null,
  '',
  ' ',
  1,
  0,
  true,
  false,
  [],
  {},
  [''],
  [1],
  ['a'],
  'x y',
  { a: 1 },
  undefined,
);

/** One entry, with one member of it, or of its options, set to something else. */
export const withOdd = (
  entries: fc.Arbitrary<Members>,
  value: fc.Arbitrary<unknown>,
  where: (entry: Members) => readonly string[],
) =>
  entries.chain(entry =>
    fc.tuple(fc.constantFrom(...where(entry)), value).map(([name, member]) => ({
      externalAccess: [{ ...entry, options: { ...membersOf(entry.options), [name]: member } }],
    })),
  );
export const optionsOf = (entry: Members) => Object.keys(membersOf(entry.options));
export const setOption = (entries: fc.Arbitrary<Members>, name: string, ...values: unknown[]) =>
  withOdd(entries, fc.constantFrom(...values), () => [name]);
export const setRestriction = (...changes: Members[]) =>
  fc.tuple(anyEntryArbitrary, fc.constantFrom(...changes)).map(([entry, change]) => ({
    externalAccess: [{ ...entry, accessRestrictions: [{ plugin: 'receiver', ...change }] }],
  }));

import { type PluginClaims, writePluginClaims } from './writePluginClaims';

const plain: PluginClaims = {
  sub: 'scaffolder',
  aud: 'catalog-2_x',
  iat: 1_700_000_000,
  exp: 1_700_003_600,
  obo: undefined,
};
const token = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJqYW5lIn0.a-b_c';
const ESCAPED = ['"', '\\', '\n', '\u0000', '\ud800', '\u2028', '","aud":"other', 'jan\u00e9'];

describe('writePluginClaims', () => {
  it.each<[string, Partial<PluginClaims>]>([
    ['for itself', {}],
    ['on behalf of a user', { obo: token }],
    ['with an empty token', { obo: '' }],
    ['at the beginning of time', { iat: 0, exp: 0 }],
    ['without a time', { iat: NaN, exp: Infinity }],
    ['after a very long time', { iat: 1e21, exp: -1 }],
    ...ESCAPED.flatMap(text =>
      (['sub', 'aud', 'obo'] as const).map((name): [string, Partial<PluginClaims>] => [
        `${JSON.stringify(text)} in ${name}`,
        { obo: token, [name]: `a${text}` },
      ]),
    ),
  ])('writes the same as JSON.stringify: %s', (_, other) => {
    const claims = { ...plain, ...other };
    expect(writePluginClaims(claims)).toBe(JSON.stringify(claims));
  });
});

import { compare } from './compare';
import { after, type Expected, expiryOf, type Found, jwt, seconds, text } from './expected';

const token = [{ typ: 'a' }, { sub: 'b', iat: 100, exp: 160 }, 'signature']
  .map(part => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .join('.');

describe('finds no difference where', () => {
  it.each<[string, Expected, Found]>([
    ['values are equal', { a: [1, 'x', null, true] }, { a: [1, 'x', null, true] }],
    ['members stand in another order', { a: 1, b: 2 }, { b: 2, a: 1 }],
    ['a text is like the pattern', text(/[a-z]+/), 'abc'],
    ['a time is a whole number', seconds, 100],
    ['a time comes after another', { a: 1, b: after('a', 9) }, { a: 1, b: 10 }],
    ['a token has the content', jwt({ typ: 'a' }, { sub: 'b', iat: 100, exp: 160 }), token],
    [
      'a time is the expiry of the token',
      { t: jwt({ typ: 'a' }, { sub: 'b', iat: 100, exp: after('iat', 60) }), e: expiryOf('t') },
      { t: token, e: '1970-01-01T00:02:40.000Z' },
    ],
  ])('%s', (_, expected, found) => {
    expect(compare(expected, found)).toEqual([]);
  });
});

describe('finds the difference where', () => {
  it.each<[string, Expected, Found, object]>([
    ['a value is another', { a: 1 }, { a: 2 }, { path: 'a', expected: '1', found: '2' }],
    ['a value has another type', { a: 1 }, { a: '1' }, { path: 'a', expected: '1', found: '"1"' }],
    ['a member is missing', { a: 1 }, {}, { path: 'a', expected: '1', found: 'nothing' }],
    ['a member is too much', {}, { a: 1 }, { path: 'a', expected: 'nothing', found: '1' }],
    ['an item is missing', [1, 2], [1], { path: '[1]', expected: '2', found: 'nothing' }],
    ['an item is too much', [1], [1, 2], { path: '[1]', expected: 'nothing', found: '2' }],
    ['a list stands for an object', {}, [], { path: '', expected: '{}', found: '[]' }],
    ['a text only contains the pattern', text(/b/), 'abc', { found: '"abc"' }],
    ['a text is expected, and none is there', { a: text(/.*/) }, {}, { found: 'nothing' }],
    ['a time has a fraction', seconds, 1.5, { found: '1.5' }],
    ['the interval is another', { a: 1, b: after('a', 8) }, { a: 1, b: 10 }, { path: 'b' }],
    [
      'a claim is another',
      jwt({ typ: 'a' }, { sub: 'c', iat: 100, exp: 160 }),
      token,
      { path: 'claims.sub' },
    ],
    [
      'the expiry is another',
      { t: text(/.*/), e: expiryOf('t') },
      { t: token, e: 'never' },
      { path: 'e' },
    ],
    ['a token is none', jwt({}, {}), 'a.b.c', { expected: 'a token' }],
  ])('%s', (_, expected, found, difference) => {
    expect(compare(expected, found)).toEqual([expect.objectContaining(difference)]);
  });

  it('shows no signatures', () => {
    const [difference] = compare('something else', token);
    expect(difference?.found).toMatch(/^"eyJ[\w-]+\.eyJ[\w-]+\.…"$/);
  });
});

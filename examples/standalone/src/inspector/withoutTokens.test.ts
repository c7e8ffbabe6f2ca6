import { showToken, withoutTokens } from './withoutTokens';

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (claims: unknown) =>
  `${encode({ typ: 'JWT', alg: 'ES256' })}.${encode(claims)}.c2lnbmF0dXJl`;
const header = { typ: 'JWT', alg: 'ES256' };

describe('showToken', () => {
  it('shows what is written in a token, without its signature', () => {
    expect(showToken(jwt({ sub: 'user:default/jane', exp: 1 }))).toEqual({
      form: 'jwt',
      header,
      claims: { sub: 'user:default/jane', exp: 1 },
    });
  });

  it('shows a token inside a token the same way', () => {
    expect(showToken(jwt({ obo: jwt({ sub: 'a', obo: jwt({}) }) }))).toEqual({
      form: 'jwt',
      header,
      claims: {
        obo: {
          form: 'jwt',
          header,
          claims: { sub: 'a', obo: { form: 'jwt', header, claims: {} } },
        },
      },
    });
  });

  it('does not show the proof that makes a limited token', () => {
    expect(showToken(jwt({ uip: 'c2lnbmF0dXJl' }))).toMatchObject({
      claims: { uip: '(a signature, not shown)' },
    });
  });

  it.each([
    ['a static token', 'demo-deploy-bot-4Jd8sTq2Lw'],
    ['a token without a signature', jwt({}).replace(/[^.]*$/, '')],
    ['a token of four parts', `${jwt({})}.more`],
    ['header and claims that are no objects', `${encode([1])}.${encode(2)}.c2ln`],
    ['a header that is no JSON', `e30x.${encode({})}.c2ln`],
  ])('shows nothing of %s', (_, token) => {
    expect(showToken(token)).toEqual({ form: 'opaque' });
  });
});

describe('withoutTokens', () => {
  it.each([
    ['in a member', { token: jwt({ a: 1 }) }, { token: { form: 'jwt', header, claims: { a: 1 } } }],
    ['in a list', [jwt({}), 1, null], [{ form: 'jwt', header, claims: {} }, 1, null]],
    ['in a sentence', `use ${jwt({})} now`, 'use (a token) now'],
    ['that was cut', `${jwt({}).slice(0, -3)}. And`, '(a token) And'],
    ['without a signature', jwt({}).replace(/[^.]*$/, ''), '(a token)'],
  ])('leaves no token %s', (_, value, expected) => {
    expect(withoutTokens(value)).toEqual(expected);
    expect(JSON.stringify(withoutTokens(value))).not.toContain('eyJ');
  });

  it('leaves everything else as it is', () => {
    const value = { a: [true, 'text', { b: null }], entity: 'component:default/eye.js' };
    expect(withoutTokens(value)).toEqual(value);
  });

  it('ends, however deep a value is nested', () => {
    const deep = JSON.parse(`${'['.repeat(5000)}"eyJ.a.b"${']'.repeat(5000)}`) as [];
    expect(JSON.stringify(withoutTokens(deep))).toBe(
      `${'['.repeat(21)}"(nested too deeply to be shown)"${']'.repeat(21)}`,
    );
  });
});

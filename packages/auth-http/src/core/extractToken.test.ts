import type { AuthRequest } from '@stagepass/auth-node';
import { extractToken } from './extractToken';

const node = (authorization: string | string[]): AuthRequest => ({ headers: { authorization } });
const fetched = (authorization: string): AuthRequest => ({
  headers: new Headers({ authorization }),
});

const ambiguous = {
  name: 'AuthenticationError',
  code: 'AUTH_REQUEST_AMBIGUOUS',
  message: 'Malformed or ambiguous credentials',
};

describe('extractToken', () => {
  it.each([
    ['Bearer tok', 'tok'],
    ['bearer tok', 'tok'],
    ['BEARER tok', 'tok'],
    ['Bearer   tok', 'tok'],
    ['Bearer a.b-c_d~e+f/g=', 'a.b-c_d~e+f/g='],
    ['Bearer mock-user-token:{"sub":"user:default/x"}', 'mock-user-token:{"sub":"user:default/x"}'],
  ])('reads %j', (header, token) => {
    expect(extractToken(node(header))).toBe(token);
    expect(extractToken(node([header]))).toBe(token);
    expect(extractToken(fetched(header))).toBe(token);
  });

  it.each([
    [{ headers: {} }],
    [{ headers: { authorization: undefined } }],
    [{ headers: new Headers() }],
    [{ headers: { cookie: 'backstage-auth=x' }, rawHeaders: ['Cookie', 'backstage-auth=x'] }],
  ])('finds nothing in %j', request => {
    expect(extractToken(request)).toBeUndefined();
    expect(extractToken(request, { emptyBearerIsNone: true })).toBeUndefined();
  });

  const malformed = [
    '',
    'Bearer',
    'Bearer ',
    'Bearer a b',
    'Bearer tok ',
    'Bearer\ttok',
    ' Bearer tok',
    'Bearer a,Bearer b',
    'Bearer a, Bearer b',
    'bearer:tok',
    'Bearertok',
    'Basic dXNlcjpwYXNz',
    'Bearer t\u00e9k',
    'Bearer\u00a0tok',
    'Bearer tok\u0000',
    'Bearer tok\r\nX: y',
    'tok',
    'Basic bearer',
    'Bearer ' + ' '.repeat(100_000) + 'a b',
  ];
  const titled = (headers: string[]) => headers.map(header => [header.slice(0, 40), header]);

  it.each(titled(malformed))('refuses %j', (_title, header) => {
    expect(() => extractToken(node(header))).toThrow(expect.objectContaining(ambiguous));
  });

  it.each(['Bearer a b', 'Bearer a, Bearer b', 'Basic x', 'Bearer t\u00e9k'])(
    'refuses %j from a Fetch request',
    header => {
      expect(() => extractToken(fetched(header))).toThrow(expect.objectContaining(ambiguous));
    },
  );

  it('refuses a header that occurs twice, though Node shows only the first', () => {
    const request = {
      headers: { authorization: 'Bearer a' },
      rawHeaders: ['Authorization', 'Bearer a', 'AUTHORIZATION', 'Bearer a'],
    };
    expect(() => extractToken(request)).toThrow(
      expect.objectContaining({
        ...ambiguous,
        reason: 'expected one Authorization header, found 2; a proxy may add one of its own',
      }),
    );
    expect(() => extractToken(node(['Bearer a', 'Bearer b']))).toThrow(
      expect.objectContaining(ambiguous),
    );
    expect(() =>
      extractToken({
        headers: new Headers([
          ['authorization', 'Bearer a'],
          ['authorization', 'Bearer b'],
        ]),
      }),
    ).toThrow(expect.objectContaining(ambiguous));
  });

  it('takes no header value for the name of a header', () => {
    const request = {
      headers: { authorization: 'Bearer a' },
      rawHeaders: ['X-Name', 'authorization', 'Authorization', 'Bearer a'],
    };
    expect(extractToken(request)).toBe('a');
  });

  it.each(['Bearer', 'bearer', 'Bearer ', 'Bearer   '])(
    'takes %j for nothing only where an empty bearer is none',
    header => {
      expect(extractToken(node(header), { emptyBearerIsNone: true })).toBeUndefined();
      expect(() => extractToken(node(header))).toThrow(expect.objectContaining(ambiguous));
    },
  );

  it.each(titled(malformed.filter(header => !/^bearer *$/i.test(header))))(
    'refuses %j also where an empty bearer is none',
    (_title, header) => {
      expect(() => extractToken(node(header), { emptyBearerIsNone: true })).toThrow(
        expect.objectContaining(ambiguous),
      );
    },
  );

  it.each(['Basic dXNlcjpz', 'token s3cret', 'DPoP'])('names the scheme of %j', header => {
    const [scheme] = header.split(' ');
    expect(() => extractToken(node(header))).toThrow(
      expect.objectContaining({
        ...ambiguous,
        reason: `expected the Authorization header to be "Bearer", spaces and a token of visible ASCII characters, found the scheme "${scheme}"`,
      }),
    );
  });

  it('never repeats the header in the error', () => {
    let error: unknown;
    try {
      extractToken(node('s3cret-token'));
    } catch (caught) {
      error = caught;
    }
    const { message, reason } = error as { message: string; reason: string };
    expect(reason).toContain('found something else of 12 characters');
    expect(message + reason).not.toContain('s3cret');
  });
});

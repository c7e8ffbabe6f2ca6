import { cookieValues } from './cookieHeader';

const read = (cookie: string | string[]) => cookieValues({ headers: { cookie } }, 'auth');

describe('cookieValues', () => {
  it.each([
    ['auth=a', ['a']],
    ['x=1; auth=a; y=2', ['a']],
    ['auth=a; auth=b', ['a', 'b']],
    ['auth=a;auth=a', ['a', 'a']],
    [' \tauth \t=\t a \t', ['a']],
    ['auth=a=b', ['a=b']],
    ['auth="a"', ['"a"']],
    ['auth=%61', ['%61']],
    ['auth={"sub":"user:default/x"}', ['{"sub":"user:default/x"}']],
    ['auth=; auth=a', ['a']],
    ['auth', []],
    ['authx', []],
    ['Auth=a; AUTH=a', []],
    ['auth\u00a0=a', []],
    ['xauth=a; auth2=a', []],
    ['x="; auth=a"', ['a"']],
    ['', []],
    [';;;=;', []],
  ])('reads %j as %j', (header, values) => {
    expect(read(header)).toEqual(values);
  });

  it('reads cookies from each of several headers', () => {
    expect(read(['auth=a', 'x=1; auth=b'])).toEqual(['a', 'b']);
    const rawHeaders = ['Cookie', 'auth=a', 'cookie', 'auth=b'];
    const request = { headers: { cookie: 'auth=a; auth=b' }, rawHeaders };
    expect(cookieValues(request, 'auth')).toEqual(['a', 'b']);
  });

  it('reads Fetch headers', () => {
    const headers = new Headers({ cookie: 'auth=a; auth=b' });
    expect(cookieValues({ headers }, 'auth')).toEqual(['a', 'b']);
    expect(cookieValues({ headers: new Headers() }, 'auth')).toEqual([]);
  });
});

import { ServerResponse } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { appendCookies, preventCaching } from './responseHeaders';

const response = () => new ServerResponse({ method: 'GET' } as IncomingMessage);

describe('appendCookies', () => {
  it.each<[string | string[] | undefined, string[]]>([
    [undefined, ['b=2', 'c=3']],
    ['a=1', ['a=1', 'b=2', 'c=3']],
    [
      ['a=1', 'z=0'],
      ['a=1', 'z=0', 'b=2', 'c=3'],
    ],
  ])('keeps %j', (present, expected) => {
    const res = response();
    if (present) res.setHeader('Set-Cookie', present);
    appendCookies(res, ['b=2', 'c=3']);
    expect(res.getHeader('Set-Cookie')).toEqual(expected);
  });
});

describe('preventCaching', () => {
  it.each<[string | string[] | undefined, string]>([
    [undefined, 'Cookie, Authorization'],
    ['Origin', 'Origin, Cookie, Authorization'],
    [['Origin', 'Accept, Cookie'], 'Origin, Accept, Cookie, Authorization'],
    ['cookie,authorization', 'Cookie, Authorization'],
    ['*', '*'],
    ['Origin, *', '*'],
  ])('extends Vary: %j', (present, expected) => {
    const res = response();
    if (present) res.setHeader('Vary', present);
    preventCaching(res);
    preventCaching(res);
    expect(res.getHeader('Vary')).toBe(expected);
    expect(res.getHeader('Cache-Control')).toBe('no-store');
  });
});

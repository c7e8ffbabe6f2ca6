import { sentToken } from './sentToken';

const value = 'Bearer a-token';
const url = 'http://localhost/api/catalog';

describe('sentToken', () => {
  it.each<[what: string, sent: unknown]>([
    ['a token', 'a-token'],
    ['a header', value],
    ['a header in lower case', 'bearer  a-token'],
    ['what getPluginRequestToken returns', { token: 'a-token' }],
    ['Fetch headers', new Headers({ Authorization: value })],
    ['a Fetch request', new Request(url, { headers: { Authorization: value } })],
    ["Node's headers", { authorization: value }],
    ['a request of Node', { method: 'GET', url, headers: { authorization: value } }],
    ['options of fetch', { method: 'POST', headers: { Authorization: value } }],
    ['options of fetch with pairs', { headers: [['Authorization', value]] }],
    ['pairs', [['AUTHORIZATION', value]]],
    ['a call of fetch', [url, { headers: { Authorization: value } }]],
    [
      'a call of fetch with Headers',
      [new URL(url), { headers: new Headers({ authorization: value }) }],
    ],
    ['a call of fetch with a request', [new Request(url, { headers: { authorization: value } })]],
  ])('finds it in %s', (_, sent) => {
    expect(sentToken(sent)).toBe('a-token');
  });

  it.each<[what: string, sent: unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a number', 1],
    ['headers without one', { accept: '*/*' }],
    ['Fetch headers without one', new Headers()],
    ['options without headers', { method: 'POST' }],
    ['headers that are none', { headers: 'Bearer a-token' }],
    ['several headers', { headers: { authorization: [value, value] } }],
    ['a call of fetch with its URL alone', [url]],
    ['no arguments', []],
  ])('finds none in %s', (_, sent) => {
    expect(sentToken(sent)).toBeUndefined();
  });
});

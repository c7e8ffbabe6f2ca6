import { locate } from './locate';

function at(baseUrl: unknown) {
  const getBaseUrl = () => Promise.resolve(baseUrl as string);
  return locate({ getBaseUrl, getExternalBaseUrl: getBaseUrl }, 'catalog', '/jwks.json').then(
    ({ url }) => url,
  );
}

describe('locate', () => {
  it.each([
    ['http://backend/api/catalog', 'http://backend/api/catalog/jwks.json'],
    ['http://backend/api/catalog//', 'http://backend/api/catalog/jwks.json'],
    ['https://backend:8443', 'https://backend:8443/jwks.json'],
    ['http://backend/a/../../b/%2e%2e/c', 'http://backend/c/jwks.json'],
    ['http://127.0.0.1:7007/api', 'http://127.0.0.1:7007/api/jwks.json'],
    ['http://[::1]:7007/api', 'http://[::1]:7007/api/jwks.json'],
    ['http://2852039166.plugins/api', 'http://2852039166.plugins/api/jwks.json'],
  ])('adds the path to %s', async (baseUrl, expected) => {
    expect(await at(baseUrl)).toBe(expected);
  });

  it.each([
    ['ftp://backend/api', 'of http or https without credentials, found one of "ftp:"'],
    ['http://user:pass@backend/api', 'of http or https without credentials, found one of "http:"'],
    ['https://user@backend/api', 'of http or https without credentials, found one of "https:"'],
    ['https://:pass@backend/api', 'of http or https without credentials, found one of "https:"'],
    ['http://backend/api?x=', 'without a query, to which a path can be added'],
    ['http://backend/api#x', 'without a query, to which a path can be added'],
    ['http://169.254.169.254/api', 'with a host that is not link-local, found "169.254.169.254"'],
    ['http://[fe80::1]/api', 'with a host that is not link-local, found "fe80::1"'],
    [
      'http://[::ffff:169.254.169.254]/api',
      'with a host that is not link-local, found "::ffff:a9fe:a9fe"',
    ],
    ...['2852039166', '0xa9fea9fe', '169.16689662', '0251.0376.0251.0376'].map(host => [
      `http://${host}/api`,
      'with a host name, or an address of four numbers, found one that means "169.254.169.254"',
    ]),
  ])('refuses %s', async (baseUrl, problem) => {
    await expect(at(baseUrl)).rejects.toThrow(
      new Error(`expected discovery to give the plugin "catalog" a base URL ${problem}`),
    );
  });

  it.each([
    [
      'throws at once',
      () => {
        throw new Error('no');
      },
      '"Error: no"',
    ],
    ['fails', () => Promise.reject(new Error('no')), '"Error: no"'],
    ['answers with a path', () => Promise.resolve('/api'), '"TypeError: Invalid URL"'],
    ['answers with nothing', () => Promise.resolve(undefined as never), '"TypeError: Invalid URL"'],
  ])('says so when discovery %s', async (_, getBaseUrl: () => Promise<string>, why) => {
    const discovery = { getBaseUrl, getExternalBaseUrl: getBaseUrl };
    await expect(locate(discovery, 'catalog', '/')).rejects.toThrow(
      `discovery does not give a base URL for the plugin "catalog": ${why}`,
    );
  });
});

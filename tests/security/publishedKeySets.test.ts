import { createServer as createHttp2Server } from 'node:http2';
import { networkInterfaces } from 'node:os';
import type { AddressInfo } from 'node:net';
import { createAuthBackend } from '@stagepass/auth-backend';
import { TestClock } from '@stagepass/auth-test-utils';
import { settle } from '../../packages/auth-backend/src/testing/FakeNetwork';
import { Installation } from '../../packages/auth-backend/src/testing/Installation';
import { RecordingLogger } from '../../packages/auth-backend/src/testing/RecordingLogger';
import { keysUnavailable } from '../../packages/auth-backend/src/testing/refusals';
import { closeSqlite, openSqlite } from '../../packages/auth-backend/src/testing/sqlite';
import { World } from '../refusals/World';
import { KeyHost, publish } from './KeyHost';

afterEach(closeSqlite);

describe('A key set of ours', () => {
  it('JWK-20 costs one query a second, and ten at once, for 10,000 requests in a second', async () => {
    const client = openSqlite();
    const clock = new TestClock();
    const nowhere = () => Promise.reject(new Error('not needed'));
    const backend = createAuthBackend({
      clock,
      logger: new RecordingLogger(),
      discovery: { getBaseUrl: nowhere, getExternalBaseUrl: nowhere },
      database: { getClient: async () => client },
    });
    const auth = await backend.forPlugin('catalog');
    let reads = 0;
    client.on('query', ({ sql }: { sql: string }) => {
      if (/^select .*backstage_backend_public_keys__keys/s.test(sql)) reads += 1;
    });
    const answers: Array<Promise<{ keys: unknown[] }>> = [];
    const readsIn: number[] = [];
    for (let second = 0; second < 2; second += 1) {
      const before = reads;
      for (let part = 0; part < 100; part += 1) {
        for (let call = 0; call < 100; call += 1) answers.push(auth.listPublicServiceKeys());
        await settle();
        clock.advance(10);
      }
      readsIn.push(reads - before);
    }
    for (let turn = 0; turn < 11; turn += 1) {
      await settle();
      clock.advance(100);
    }
    const all = await Promise.all(answers);
    expect(all).toHaveLength(20_000);
    expect(all.every(({ keys }) => keys.length === 1)).toBe(true);
    expect(readsIn[0]).toBeGreaterThan(0);
    expect(readsIn[0]).toBeLessThanOrEqual(11);
    expect(readsIn[1]).toBe(1);
  });

  it('JWK-20 is answered without credentials, and says that caches must ask again', async () => {
    const world = await new World().start();
    const answer = await world.send({ path: '/.backstage/auth/v1/jwks.json' });
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-cache');
    expect(JSON.parse(answer.body)).toEqual({ keys: [expect.objectContaining({ kty: 'EC' })] });
    await world.stop();
  });
});

describe('The key set of another host, as the guide says', () => {
  async function verify(url: string) {
    const getBaseUrl = async () => url;
    const installation = new Installation({
      fetch,
      discovery: { getBaseUrl, getExternalBaseUrl: getBaseUrl },
    });
    const auth = await installation.plugin();
    return { installation, send: () => auth.authenticate(installation.pluginToken()) };
  }

  const hasIPv6 = Object.values(networkInterfaces())
    .flat()
    .some(it => it?.address === '::1');

  (hasIPv6 ? it : it.skip)('JWK-18 is fetched over IPv6 where there is nothing else', async () => {
    const host = await new KeyHost('::1').start();
    const { installation, send } = await verify(host.url);
    host.behave = publish(installation.catalogKey.jwk);
    await expect(send()).resolves.toBeDefined();
    await host.stop();
  });

  it('JWK-18 is not fetched through the proxy that the environment names', async () => {
    const [host, proxy] = [await new KeyHost().start(), await new KeyHost().start()];
    const names = ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY'];
    const before = names.map(name => process.env[name]);
    for (const name of names) process.env[name] = proxy.url;
    try {
      const { installation, send } = await verify(host.url);
      host.behave = publish(installation.catalogKey.jwk);
      await expect(send()).resolves.toBeDefined();
      expect(proxy.connections).toBe(0);
    } finally {
      for (const [index, name] of names.entries()) {
        if (before[index] === undefined) delete process.env[name];
        else process.env[name] = before[index];
      }
      await Promise.all([host.stop(), proxy.stop()]);
    }
  });

  it('JWK-18 is unavailable where the host speaks HTTP/2 alone', async () => {
    const server = createHttp2Server();
    const sessions = new Set<{ destroy(): void }>();
    server.on('session', session => sessions.add(session));
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { send } = await verify(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await expect(send()).rejects.toMatchObject(keysUnavailable);
    for (const session of sessions) session.destroy();
    await new Promise(resolve => server.close(resolve));
  });
});

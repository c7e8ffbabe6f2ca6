import { connect } from 'node:net';
import { listen } from './server';

it('answers 503 until it can serve', async () => {
  const server = await listen('127.0.0.1', 0);
  const url = `http://127.0.0.1:${server.port}`;
  const early = await fetch(url);
  server.serve((_req, res) => res.end('served'));
  const later = await fetch(url);
  await server.close();
  expect([early.status, early.headers.get('retry-after')]).toEqual([503, '1']);
  expect(await later.text()).toBe('served');
});

it('lets a request end before it closes', async () => {
  const server = await listen('127.0.0.1', 0);
  let closed: Promise<void> | undefined;
  server.serve((_req, res) => {
    closed = server.close();
    res.end('to the end');
  });
  const response = await fetch(`http://127.0.0.1:${server.port}`);
  expect(await response.text()).toBe('to the end');
  await closed;
});

it('does not wait for ever for a connection that asks for nothing', async () => {
  const server = await listen('127.0.0.1', 0);
  const socket = connect(server.port, '127.0.0.1');
  const ended = new Promise(resolve => socket.once('close', resolve));
  await new Promise(resolve => socket.once('connect', resolve));
  await server.close();
  await ended;
});

it('says which port it cannot have', async () => {
  const server = await listen('127.0.0.1', 0);
  await expect(listen('127.0.0.1', server.port)).rejects.toMatchObject({
    name: 'StartError',
    message: `port ${server.port} of 127.0.0.1 is in use; end the other process, or choose another port`,
  });
  await server.close();
});

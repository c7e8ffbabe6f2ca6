import { type AddressInfo, connect } from 'node:net';
import { createAuthError } from '@stagepass/auth-node/internal';
import { closed, handshake, startUpgradeServer, stop } from '../testing/upgradeServer';

const jane = 'Authorization: Bearer user.jane';

let server: Awaited<ReturnType<typeof startUpgradeServer>>;
beforeEach(async () => {
  server = await startUpgradeServer();
});
afterEach(() => stop(server.server, server.sockets));

/** Until the promises that can go on have done so. */
const settle = () => new Promise(resolve => setImmediate(resolve));

/** Makes the checks of tokens wait until they are let go, as a slow network would. */
function holdChecks() {
  const authenticate = server.auth.authenticate.bind(server.auth);
  let ask = () => {};
  let letGo = () => {};
  const asked = new Promise<void>(resolve => (ask = resolve));
  const going = new Promise<void>(resolve => (letGo = resolve));
  server.auth.authenticate = async (...call) => {
    ask();
    await going;
    return authenticate(...call);
  };
  return { asked, letGo };
}

describe('a peer', () => {
  it('that is gone before the decision is not let in, and bothers nobody', async () => {
    const { asked, letGo } = holdChecks();
    const peer = server.upgrade(jane);
    await asked;
    peer.socket.destroy();
    server.sockets[0]?.destroy();
    await closed(server.sockets[0]);
    letGo();
    await settle();
    expect(server.admitted).toEqual([]);
    expect(server.errors).toEqual([]);
    expect(server.clock.pendingTimers).toBe(0);
  });

  it('that resets the connection before the decision does not end the process', async () => {
    const { asked, letGo } = holdChecks();
    const peer = server.upgrade(jane);
    await asked;
    server.sockets[0]?.emit('error', new Error('read ECONNRESET'));
    letGo();
    await peer.receive('101');
    expect(server.sockets[0]?.listenerCount('error')).toBe(1);
  });

  it('that resets the connection later does not, either', async () => {
    const peer = server.upgrade(jane);
    await peer.receive('101');
    server.sockets[0]?.resume();
    peer.socket.resetAndDestroy();
    await closed(server.sockets[0]);
    expect(server.errors).toEqual([]);
  });

  it.each([
    ['Authorization: Bearer bad', 401],
    [jane, 101],
  ])('that has ended its half of the connection gets its answer: %s', async (line, status) => {
    server.onAdmitted(({ socket }) => socket.end());
    const peer = server.upgrade(line);
    peer.socket.end();
    expect((await peer.answer).status).toBe(status);
  });

  it('gets the whole refusal whatever it has sent already', async () => {
    const { asked, letGo } = holdChecks();
    const peer = server.upgrade('Authorization: Bearer bad');
    await asked;
    peer.socket.write(Buffer.alloc(4 * 1024 * 1024, 'GET /socket HTTP/1.1\r\n\r\n'));
    letGo();
    const { status, text } = await peer.answer;
    expect(status).toBe(401);
    expect(JSON.parse(text).response).toEqual({ statusCode: 401 });
    expect(server.sockets).toHaveLength(1);
  });

  it('that is admitted loses nothing of what it has sent already', async () => {
    const { asked, letGo } = holdChecks();
    const peer = server.upgrade(jane);
    await asked;
    server.onAdmitted(({ socket }) => socket.pipe(socket));
    peer.socket.write('early');
    letGo();
    await peer.receive('early');
  });

  it.each(['Authorization: Bearer bad', 'Authorization: Bearer undecided', 'X: y'])(
    'that never closes is closed two seconds after its refusal: %s',
    async line => {
      const { port } = server.server.address() as AddressInfo;
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
      socket.write(['GET / HTTP/1.1', 'Host: x', ...handshake, line, '', ''].join('\r\n'));
      await new Promise(resolve => socket.once('data', resolve));
      const [own] = server.sockets;
      server.clock.advance(1_999);
      expect(own?.destroyed).toBe(false);
      server.clock.advance(1);
      expect(own?.destroyed).toBe(true);
      expect(server.clock.pendingTimers).toBe(0);
      socket.destroy();
    },
  );

  it('leaves no timer behind when it takes its refusal and goes', async () => {
    await server.upgrade('Authorization: Bearer bad').answer;
    await closed(server.sockets[0]);
    expect(server.sockets[0]?.destroyed).toBe(true);
    expect(server.clock.pendingTimers).toBe(0);
  });
});

describe('what is no refusal', () => {
  it.each([
    ['an error', new TypeError('secret details')],
    ['nothing', undefined],
    ['a broken configuration', createAuthError('AUTH_CONFIG_INVALID', 'secret details')],
  ])('is answered with 500 that says nothing of it, and told: %s', async (_, failure) => {
    server.auth.authenticate = () => Promise.reject(failure);
    const answer = await server.open('GET /socket?secret', ...handshake, jane).answer;
    expect(answer.status).toBe(500);
    expect(JSON.parse(answer.text)).toEqual({
      error: { name: 'Error', message: 'Internal Server Error' },
      request: { method: 'GET', url: '/socket' },
      response: { statusCode: 500 },
    });
    expect(server.errors).toEqual([failure]);
  });

  it.each([
    ['throws', () => throwing(new Error('full'))],
    ['rejects', () => Promise.reject(new Error('full'))],
  ])('destroys a socket whose upgrade %s', async (_, accept) => {
    server.onAdmitted(accept);
    const peer = server.upgrade(jane);
    await peer.answer;
    expect(server.sockets[0]?.destroyed).toBe(true);
    expect(server.errors).toEqual([new Error('full')]);
    await closed(server.sockets[0]);
    expect(server.clock.pendingTimers).toBe(0);
  });
});

function throwing(error: Error): never {
  throw error;
}

import { oneHour } from '../testing/FakeAuthService';
import { limited } from '../testing/setUpHttpAuth';
import { closed, startUpgradeServer, stop } from '../testing/upgradeServer';

const jane = 'Authorization: Bearer user.jane';
const twentySixDays = 26 * 24 * oneHour;

let server: Awaited<ReturnType<typeof startUpgradeServer>>;
beforeEach(async () => {
  server = await startUpgradeServer();
});
afterEach(() => stop(server.server, server.sockets));

describe('an admitted socket', () => {
  it('is open until the credentials expire, and no longer', async () => {
    const peer = server.upgrade(jane);
    await peer.receive('101');
    server.clock.advance(oneHour - 1);
    server.admitted[0]?.socket.write('still here');
    await peer.receive('still here');
    server.clock.advance(1);
    expect((await peer.answer).text).toBe('still here');
    expect(server.errors).toEqual([]);
  });

  it('says farewell once, and sends it before it closes', async () => {
    const peer = server.upgrade(jane);
    await peer.receive('101');
    const farewell = jest.fn(() => void server.admitted[0]?.socket.write('4401'));
    server.admitted[0]?.onExpiry(farewell);
    server.clock.advance(oneHour);
    expect((await peer.answer).text).toBe('4401');
    server.clock.advance(oneHour);
    expect(farewell).toHaveBeenCalledTimes(1);
  });

  it('is open for longer than a timer of Node can take', async () => {
    const lines = ['Cookie: backstage-auth=', 'Origin: https://backend.example.com'];
    const peer = server.upgrade(`${lines[0]}${limited('jane', twentySixDays)}`, `${lines[1]}`);
    await peer.receive('101');
    server.clock.advance(twentySixDays - 1);
    server.admitted[0]?.socket.write('still here');
    await peer.receive('still here');
    server.clock.advance(1);
    expect((await peer.answer).text).toBe('still here');
  });

  it('notices within a minute that the clock was set past the expiry', async () => {
    const peer = server.upgrade(jane);
    await peer.receive('101');
    server.clock.setTime(server.clock.now() + 2 * oneHour);
    server.clock.advance({ minutes: 1 });
    expect((await peer.answer).text).toBe('');
  });

  it('has no timer once it has closed', async () => {
    const peer = server.upgrade(jane);
    await peer.receive('101');
    const farewell = jest.fn();
    server.admitted[0]?.onExpiry(farewell);
    expect(server.clock.pendingTimers).toBe(1);
    peer.socket.resetAndDestroy();
    await closed(server.sockets[0]);
    expect(server.clock.pendingTimers).toBe(0);
    server.clock.advance(oneHour);
    expect(farewell).not.toHaveBeenCalled();
  });

  it('has none after its expiry, either', async () => {
    const peer = server.upgrade(jane);
    await peer.receive('101');
    server.clock.advance(oneHour);
    await peer.answer;
    await closed(server.sockets[0]);
    expect(server.clock.pendingTimers).toBe(0);
  });

  it('is destroyed two seconds after the expiry where the peer reads nothing', async () => {
    const peer = server.upgrade(jane);
    await peer.receive('101');
    peer.socket.pause();
    const [socket] = server.sockets;
    // More than the buffers of both ends of a loopback connection take.
    socket?.write(Buffer.alloc(64 * 1024 * 1024));
    server.clock.advance(oneHour + 1_999);
    expect(socket?.destroyed).toBe(false);
    server.clock.advance(1);
    expect(socket?.destroyed).toBe(true);
    peer.socket.destroy();
  });

  it('closes where the farewell fails, and that is told', async () => {
    const peer = server.upgrade(jane);
    await peer.receive('101');
    const failure = new Error('no farewell');
    server.admitted[0]?.onExpiry(() => {
      throw failure;
    });
    server.clock.advance(oneHour);
    await peer.answer;
    expect(server.errors).toEqual([failure]);
  });

  it('of a service stays: such credentials do not expire', async () => {
    const peer = server.upgrade('Authorization: Bearer service.catalog');
    await peer.receive('101');
    expect(server.clock.pendingTimers).toBe(0);
    server.clock.advance(twentySixDays);
    server.admitted[0]?.socket.end('still here');
    await peer.receive('still here');
  });
});

it('refuses credentials that expire while they are checked', async () => {
  const authenticate = server.auth.authenticate.bind(server.auth);
  server.auth.authenticate = async (...call) => {
    const credentials = await authenticate(...call);
    server.clock.advance(oneHour);
    return credentials;
  };
  const answer = await server.upgrade(jane).answer;
  expect([answer.status, JSON.parse(answer.text).error.message]).toEqual([401, 'Illegal token']);
  expect(server.admitted).toEqual([]);
});

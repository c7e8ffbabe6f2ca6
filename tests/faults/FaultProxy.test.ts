import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { TestClock } from '@stagepass/auth-test-utils';
import { type Fault, FaultProxy } from './FaultProxy';

/** A server that answers what it is asked, with an end after the word `end`. */
const server = createServer(socket => {
  socket.on('error', () => {});
  socket.on('data', bytes => {
    if (bytes.toString() === 'end') socket.end();
    else socket.write(bytes);
  });
});
let proxy: FaultProxy;
let clock: TestClock;
let port: number;
const callers: Caller[] = [];

/** Somebody who is connected through the proxy, and what became of that. */
class Caller {
  readonly #socket: Socket;
  heard = '';
  ended: string | undefined;

  constructor() {
    this.#socket = connect(port, '127.0.0.1');
    this.#socket.on('data', bytes => (this.heard += String(bytes)));
    this.#socket.on('error', (error: NodeJS.ErrnoException) => (this.ended = error.code));
    this.#socket.on('end', () => (this.ended ??= 'end'));
    callers.push(this);
  }

  say(text: string): void {
    this.#socket.write(text);
  }

  leave(): void {
    this.#socket.destroy();
  }
}

/** Lets the event loop go round until something is true; a test that waits in vain runs into its timeout. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise(resolve => setImmediate(resolve));
}

/** A round trip on another way proves that bytes that were sent before had their time to come. */
async function aRoundTripLater(): Promise<void> {
  const other = connect((server.address() as AddressInfo).port, '127.0.0.1');
  for (let round = 0; round < 5; round += 1) {
    other.write('x');
    await once(other, 'data');
  }
  other.destroy();
}

beforeAll(() => new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise(resolve => server.close(resolve)));
beforeEach(async () => {
  clock = new TestClock();
  const target = (server.address() as AddressInfo).port;
  proxy = new FaultProxy({ port: target, random: () => 0.5, clock });
  port = await proxy.start();
});
afterEach(async () => {
  for (const caller of callers.splice(0)) caller.leave();
  await proxy.stop();
});

async function connected(): Promise<Caller> {
  const caller = new Caller();
  caller.say('hello');
  await until(() => caller.heard === 'hello');
  return caller;
}

describe('FaultProxy', () => {
  it('passes on what both sides say, and the end', async () => {
    const caller = await connected();
    caller.say('end');
    await until(() => caller.ended === 'end');
    expect(caller.heard).toBe('hello');
  });

  it('latency: delays each way by the time and its part of the jitter', async () => {
    const caller = await connected();
    proxy.set({ kind: 'latency', milliseconds: 100, jitter: 40 });
    caller.say(' again');
    for (let way = 0; way < 2; way += 1) {
      await until(() => clock.pendingTimers === 1);
      clock.advance(119);
      expect(clock.pendingTimers).toBe(1);
      expect(caller.heard).toBe('hello');
      clock.advance(1);
    }
    await until(() => caller.heard === 'hello again');
  });

  it('reset: cuts off an answer that is longer than so many bytes, and no shorter one', async () => {
    proxy.set({ kind: 'reset', afterBytes: 7 });
    const caller = await connected();
    caller.say('12');
    await until(() => caller.heard === 'hello12');
    caller.say('3');
    await until(() => caller.ended !== undefined);
    expect(caller).toMatchObject({ heard: 'hello12', ended: 'ECONNRESET' });
  });

  it('refuse: resets who is connected, and who comes, until it is over', async () => {
    const before = await connected();
    proxy.set({ kind: 'refuse' });
    await until(() => before.ended === 'ECONNRESET');
    const meanwhile = new Caller();
    await until(() => meanwhile.ended === 'ECONNRESET');
    proxy.heal();
    await connected();
  });

  it('hang: holds everything back, of old and new connections, until it is over', async () => {
    const before = await connected();
    proxy.set({ kind: 'hang' });
    const meanwhile = new Caller();
    before.say(' before');
    meanwhile.say('meanwhile');
    await aRoundTripLater();
    expect([before.heard, meanwhile.heard]).toEqual(['hello', '']);
    proxy.heal();
    await until(() => before.heard === 'hello before' && meanwhile.heard === 'meanwhile');
  });

  it('half-open: is silent for ever to who was connected, and well again for who comes after', async () => {
    const before = await connected();
    proxy.set({ kind: 'half-open' });
    const meanwhile = new Caller();
    before.say('lost');
    meanwhile.say('lost');
    await aRoundTripLater();
    proxy.heal();
    before.say('lost too');
    before.say('end');
    await connected();
    await aRoundTripLater();
    expect(before).toMatchObject({ heard: 'hello', ended: undefined });
    expect(meanwhile).toMatchObject({ heard: '', ended: undefined });
  });

  it('drip: lets an answer through drop by drop, and the rest at once when it is over', async () => {
    proxy.set({ kind: 'drip', bytesPerSecond: 40 });
    const caller = new Caller();
    caller.say('abcdefgh');
    for (const drops of ['ab', 'abcd']) {
      await until(() => clock.pendingTimers === 1);
      await until(() => caller.heard === drops);
      clock.advance(50);
    }
    await until(() => clock.pendingTimers === 1);
    proxy.heal();
    clock.advance(50);
    await until(() => caller.heard === 'abcdefgh');
  });

  it.each<Fault>([
    { kind: 'latency', milliseconds: 1_000, jitter: 0 },
    { kind: 'reset', afterBytes: 1 },
    { kind: 'refuse' },
    { kind: 'hang' },
    { kind: 'half-open' },
    { kind: 'drip', bytesPerSecond: 1 },
  ])('stops with connections open in the fault $kind', async fault => {
    const caller = await connected();
    proxy.set(fault);
    if (fault.kind !== 'refuse') caller.say('hello');
    await proxy.stop();
    await until(() => caller.ended !== undefined);
    await proxy.start();
  });
});

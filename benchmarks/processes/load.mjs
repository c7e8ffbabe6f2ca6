import { Buffer } from 'node:buffer';
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { answerParent } from '../harness/processes.mjs';

/** Those that are kept, by what is asked over them. */
const kept = new Map();

/** Sends requests over connections that are kept, one under way on each, until the time is over and all are answered. */
answerParent({
  /** @returns {Promise<{ requests: number, seconds: number }>} those that were answered, all with 200 */
  async load({ port, path, tokens, connections, milliseconds }) {
    const opened = await connectionsTo({ port, path, tokens, connections });
    const began = performance.now();
    let requests = 0;
    const ask = async connection => {
      do {
        await connection.ask();
        requests += 1;
      } while (performance.now() - began < milliseconds);
    };
    await Promise.all(opened.map(ask));
    return { requests, seconds: (performance.now() - began) / 1000 };
  },
});

/** A server closes what was idle for some seconds. */
async function connectionsTo({ port, path, tokens, connections }) {
  const name = `${port}${path}`;
  const before = kept.get(name) ?? [];
  const opening = Array.from({ length: connections }, (_, index) => {
    const token = tokens?.[index % tokens.length];
    return before[index]?.isOpen() ? before[index] : open(port, requestText(port, path, token));
  });
  const opened = await Promise.all(opening);
  kept.set(name, opened);
  return opened;
}

function requestText(port, path, token) {
  const lines = [`GET ${path} HTTP/1.1`, `Host: 127.0.0.1:${port}`, 'Accept: application/json'];
  if (token !== undefined) lines.push(`Authorization: Bearer ${token}`);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
}

/** Opens a connection. All answers are as long as its first one: what is asked for does not change. */
async function open(port, request) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let length;
  let received = 0;
  let waiting;
  socket.on('data', chunk => {
    if (received === 0 && chunk.latin1Slice(0, 13) !== 'HTTP/1.1 200 ') {
      socket.destroy(new Error(`not answered with 200: ${chunk}`));
      return;
    }
    // Node writes the head of an answer at once.
    length ??= lengthOf(chunk.toString());
    received += chunk.length;
    if (received > length) socket.destroy(new Error(`longer than ${length} bytes: ${chunk}`));
    if (received < length) return;
    received = 0;
    waiting.resolve();
  });
  socket.on('error', error => waiting?.reject(error));
  socket.on('close', () => waiting?.reject(new Error('the connection was closed')));
  await new Promise((resolve, reject) => {
    waiting = { reject };
    socket.on('connect', resolve);
  });
  return {
    ask: () =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket.write(request);
      }),
    isOpen: () => !socket.destroyed,
  };
}

function lengthOf(text) {
  const headLength = text.indexOf('\r\n\r\n') + 4;
  const [, bodyLength] = /\r\ncontent-length: (\d+)\r\n/i.exec(text) ?? [];
  if (headLength < 4 || bodyLength === undefined) throw new Error(`no length: ${text}`);
  return headLength + Number(bodyLength);
}

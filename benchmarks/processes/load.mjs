import { Buffer } from 'node:buffer';
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { answerParent } from '../harness/processes.mjs';

/** How long requests are sent before they are counted, in milliseconds. */
const RUN_IN = 50;

/** Sends requests over connections that are kept, one under way on each, and counts what is answered with 200. */
answerParent({
  /** @returns {Promise<{ requests: number, seconds: number, all: number }>} `all`: counted or not */
  async load({ port, path, tokens, connections, milliseconds }) {
    const counter = { requests: 0, stopped: false };
    const loops = Array.from({ length: connections }, async (_, index) => {
      const token = tokens?.[index % tokens.length];
      const connection = await open(port, requestText(port, path, token));
      while (!counter.stopped) {
        await connection.ask();
        counter.requests += 1;
      }
      connection.end();
    });
    const ended = Promise.all(loops);
    await Promise.race([ended, setTimeout(Math.min(RUN_IN, milliseconds))]);
    const before = counter.requests;
    const began = performance.now();
    await Promise.race([ended, setTimeout(milliseconds)]);
    // A machine that is busy with other things may have answered none yet.
    while (counter.requests - before < connections) await Promise.race([ended, setTimeout(10)]);
    const seconds = (performance.now() - began) / 1000;
    const requests = counter.requests - before;
    counter.stopped = true;
    await ended;
    return { requests, seconds, all: counter.requests };
  },
});

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
    end: () => socket.end(),
  };
}

function lengthOf(text) {
  const headLength = text.indexOf('\r\n\r\n') + 4;
  const [, bodyLength] = /\r\ncontent-length: (\d+)\r\n/i.exec(text) ?? [];
  if (headLength < 4 || bodyLength === undefined) throw new Error(`no length: ${text}`);
  return headLength + Number(bodyLength);
}

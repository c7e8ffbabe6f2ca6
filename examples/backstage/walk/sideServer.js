import { createServer } from 'node:http';

/**
 * The walk's own server on loopback: the key set of the third party, the gate at which a starting backend
 * waits, and a plugin that keeps the last token that it was sent.
 *
 * @param {object[]} keys
 */
export async function startSideServer(keys) {
  let arrival = newSignal();
  let received;

  const routes = {
    '/jwks.json': res => answerJson(res, { keys }),
    '/gate': res => arrival.give(res),
    '/api/mirror/who': (res, req) => {
      received = req.headers.authorization?.replace(/^Bearer /, '');
      answerJson(res, {});
    },
  };
  const server = createServer((req, res) => {
    const route = routes[req.url];
    if (route) route(res, req);
    else res.writeHead(404).end();
  });
  await listen(server);

  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** Resolves when a backend waits at the gate. */
    atGate: () => arrival.given,
    /** Lets the backend that waits at the gate go on. */
    async openGate() {
      const waiting = await arrival.given;
      arrival = newSignal();
      waiting.end();
    },
    /** The last token that a plugin sent to the plugin `mirror`. */
    received: () => received,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A port that nobody listens on. */
export async function findFreePort() {
  const server = createServer();
  await listen(server);
  const { port } = server.address();
  await new Promise(resolve => server.close(resolve));
  return port;
}

function listen(server) {
  return new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
}

function answerJson(res, body) {
  res.setHeader('Content-Type', 'application/json').end(JSON.stringify(body));
}

function newSignal() {
  let give;
  const given = new Promise(resolve => (give = resolve));
  return { given, give };
}

import { createServer } from 'node:http';

/** Serves an app on a loopback port, and tells which. */
export async function listen(app) {
  const server = createServer(app);
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  return server.address().port;
}

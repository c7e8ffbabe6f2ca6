import { request } from 'node:http';

/** A request without an answer by then is a failure, so that the walk comes to an end. */
const PATIENCE_MS = 90_000;

/**
 * Sends a request and reads the whole answer.
 *
 * @param {string} url
 * @param {{ method?: string, bearer?: string, authorization?: string, cookie?: string, body?: unknown,
 *   onSent?: () => void }} [options] - `body` goes as JSON
 * @returns {Promise<{ status: number, headers: object, body: unknown }>} `body`: parsed if it is JSON
 */
export function send(url, options = {}) {
  const { method = 'GET', bearer, authorization, cookie, body, onSent } = options;
  const headers = {};
  if (bearer !== undefined) headers.Authorization = `Bearer ${bearer}`;
  if (authorization !== undefined) headers.Authorization = authorization;
  if (cookie !== undefined) headers.Cookie = cookie;
  if (body !== undefined) headers['Content-Type'] = 'application/json';

  return new Promise((resolve, reject) => {
    const req = request(url, { method, headers, agent: false, timeout: PATIENCE_MS }, res => {
      let text = '';
      res.setEncoding('utf8');
      res.on('data', part => (text += part));
      res.on('error', reject);
      res.on('end', () => {
        const json = /json/.test(res.headers['content-type'] ?? '') && text !== '';
        const answer = { status: res.statusCode, headers: res.headers };
        resolve({ ...answer, body: json ? JSON.parse(text) : text });
      });
    });
    req.on('error', reject);
    req.on('timeout', () => req.destroy(new Error(`No answer in ${PATIENCE_MS / 1000} s`)));
    if (onSent) req.on('finish', onSent);
    req.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

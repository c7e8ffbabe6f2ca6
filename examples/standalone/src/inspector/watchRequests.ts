import type { ServerResponse } from 'node:http';
import type { AuthRequest } from '@stagepass/auth-node';
import type { Request, RequestHandler } from 'express';
import type { Json } from './readToken';
import type { Answer, Hop, Traces } from './Traces';
import { showToken, withoutTokens } from './withoutTokens';

/** How much of a body is kept, in characters. */
const MAX_BODY = 16_384;

/**
 * Makes the handler that notes the calls of a plugin, before anything has looked at their credentials.
 *
 * @param remember - is told which hop stands for which request
 */
export function watchRequests(
  pluginId: string,
  traces: Traces,
  remember: (request: AuthRequest, hop: Hop) => void,
): RequestHandler {
  return (req, res, next) => {
    const hop = traces.addHop(String(req.headers['x-request-id']), {
      to: pluginId,
      method: req.method,
      path: req.originalUrl.replace(/[?#].*$/s, '').slice(0, 200),
      ...readCredentials(req),
    });
    if (hop) {
      remember(req, hop);
      noteAnswer(res, answer => (hop.answer = answer));
    }
    next();
  };
}

function readCredentials({ headers }: Request): Pick<Hop, 'carrier' | 'token'> {
  const { authorization, cookie } = headers;
  const bearer = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  if (bearer) return { carrier: 'bearer', token: showToken(bearer) };
  if (authorization !== undefined) return { carrier: 'malformed' };
  const value = /(?:^|; *)backstage-auth=([^;]+)/.exec(cookie ?? '')?.[1];
  return value ? { carrier: 'cookie', token: showToken(value) } : { carrier: 'nothing' };
}

/** Notes an answer before it leaves, so that whoever has received it finds it noted. */
function noteAnswer(res: ServerResponse, note: (answer: Answer) => void): void {
  const end = res.end.bind(res) as (...args: unknown[]) => ServerResponse;
  res.end = (...args: unknown[]) => {
    note(describeAnswer(res, args[0]));
    return end(...args);
  };
}

function describeAnswer(res: ServerResponse, content: unknown): Answer {
  const challenge = res.getHeader('www-authenticate');
  const cookies = [res.getHeader('set-cookie') ?? []].flat().map(String);
  const body = describeBody(String(res.getHeader('content-type') ?? ''), content);
  return {
    status: res.statusCode,
    ...(challenge !== undefined && { challenge: String(challenge) }),
    ...(cookies.length > 0 && { cookies: cookies.map(describeCookie) }),
    ...(body !== undefined && { body }),
  };
}

/** Takes a Set-Cookie header apart (RFC 6265 section 5.2). */
function describeCookie(header: string): {
  attributes: string;
  token?: ReturnType<typeof showToken>;
} {
  const [pair = '', ...attributes] = header.split(/; */);
  const value = pair.slice(pair.indexOf('=') + 1);
  return { attributes: attributes.join('; '), ...(value && { token: showToken(value) }) };
}

function describeBody(type: string, content: unknown): Json | undefined {
  if (typeof content !== 'string' && !Buffer.isBuffer(content)) return undefined;
  const text = String(content);
  if (text === '') return undefined;
  if (!type.startsWith('application/json')) return `(${text.length} characters of ${type})`;
  if (text.length > MAX_BODY) return `(${text.length} characters of JSON, too many to be kept)`;
  return withoutTokens(JSON.parse(text) as Json);
}

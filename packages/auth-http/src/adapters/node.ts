import type { AuthPolicy, AuthRequest, AuthResponse, HttpAuthService } from '@stagepass/auth-node';
import {
  type Answer,
  answerError,
  createPluginGate,
  type PluginGateOptions,
  writeHeaders,
} from '../index';

/**
 * A request of Node's `http`, `https` or `http2`.
 *
 * @public
 */
export interface NodeRequest extends AuthRequest {
  /** The request target as received. */
  readonly url?: string;
}

/**
 * A response of Node's `http`, `https` or `http2`.
 *
 * @public
 */
export interface NodeResponse extends AuthResponse {
  statusCode: number;
  end(): unknown;
  end(body: string): unknown;
}

/**
 * What stands before the handlers of a plugin on plain Node.
 *
 * @public
 */
export interface NodeAuth {
  /**
   * Answers the key set, the cookie routes and every request that needs credentials and has none that are
   * good; call it before anything else.
   *
   * @returns true if the request is answered, false if it is yours to handle
   * @throws whatever is neither a refusal nor an answer: the request has not passed, and is for you to answer
   *   with 500
   */
  handle(request: NodeRequest, response: NodeResponse): Promise<boolean>;
  /** Returns the credentials of the caller, see `HttpAuthService.credentials`. */
  credentials: HttpAuthService['credentials'];
  /**
   * Answers an error that a handler threw, if it is one of this product or of `@backstage/errors`, with status,
   * `WWW-Authenticate` (RFC 6750 section 3) or `Retry-After`, and Backstage's error body; see
   * {@link answerError}.
   *
   * @returns false if the error is for someone else to answer, or the response has begun
   */
  answerError(error: unknown, request: NodeRequest, response: NodeResponse): boolean;
  /** Opens a path, before or after the first request; see {@link CredentialsBarrier.addAuthPolicy}. */
  addAuthPolicy(policy: AuthPolicy): void;
}

/**
 * Makes what stands before the handlers of a plugin on `node:http`, `node:https`, or `node:http2` with its
 * compatibility API.
 *
 * @param options - see {@link PluginGateOptions}; without `basePath` the plugin has the server for itself
 * @throws Error `AUTH_CONFIG_INVALID` when an option or the configuration cannot be used
 * @public
 */
export function createNodeAuth(options: PluginGateOptions): NodeAuth {
  const gate = createPluginGate(options);

  function answerRefusal(error: unknown, request: NodeRequest, response: NodeResponse): boolean {
    const answer = response.headersSent ? undefined : answerError(error, request);
    if (answer) send(response, answer);
    return answer !== undefined;
  }

  return {
    async handle(request, response) {
      try {
        const answer = await gate.handle(request, response, request.url ?? '');
        if (answer) send(response, answer);
        return answer !== undefined;
      } catch (error) {
        if (answerRefusal(error, request, response)) return true;
        throw error;
      }
    },
    credentials: (request, limits) => options.httpAuth.credentials(request, limits),
    answerError: answerRefusal,
    addAuthPolicy: policy => gate.addAuthPolicy(policy),
  };
}

function send(response: NodeResponse, answer: Answer): void {
  const { status, body } = answer;
  response.statusCode = status;
  writeHeaders(response, answer);
  if (body === undefined) {
    response.end();
    return;
  }
  const text = JSON.stringify(body);
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Content-Length', String(Buffer.byteLength(text)));
  response.end(text); // Node leaves out the body of an answer to HEAD.
}

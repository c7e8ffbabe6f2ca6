import { randomUUID } from 'node:crypto';
import type { AuthRequest } from '@stagepass/auth-node';
import { headerValues } from './requestHeaders';

/** Version, trace id, parent id and flags; a version after 00 may go on (W3C Trace Context, section 3.2). */
const traceparent = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?$/;

/** What a proxy or caller may call a request, without anything that could be mistaken in a log. */
const requestId = /^[A-Za-z0-9._:+/=@-]{1,128}$/;

/**
 * Returns the name of a request for log and audit: the id of the trace that it belongs to, or what
 * `x-request-id` calls it, or a random one. It identifies nobody and opens nothing.
 *
 * @see {@link https://www.w3.org/TR/trace-context/ | Trace Context}
 */
export function correlationIdOf(request: AuthRequest): string {
  return new RequestName(request).correlationId;
}

/**
 * The name of a request, see {@link correlationIdOf}, which is made up only when somebody asks for it: most
 * requests are never spoken of. It holds nothing of the request but the name that this has.
 */
export class RequestName {
  #value: string | undefined;
  readonly #makeUp: () => string;

  constructor(request: AuthRequest, makeUp: () => string = randomUUID) {
    this.#value = givenName(request);
    this.#makeUp = makeUp;
  }

  /** The same each time. */
  get correlationId(): string {
    this.#value ??= this.#makeUp();
    return this.#value;
  }
}

function givenName(request: AuthRequest): string | undefined {
  const parent = onlyValue(request, 'traceparent');
  const traceId = parent && traceparent.exec(parent)?.[1];
  if (traceId && !/^0+$/.test(traceId)) return traceId;
  const named = onlyValue(request, 'x-request-id');
  return named && requestId.test(named) ? named : undefined;
}

/** What comes twice could be read two ways, and counts as absent. */
function onlyValue(request: AuthRequest, name: string): string | undefined {
  const values = headerValues(request, name);
  return values.length === 1 ? values[0] : undefined;
}

import { randomUUID } from 'node:crypto';
import type { AuthEvent } from '@stagepass/auth-backend';
import type { Json } from './readToken';
import type { ShownToken } from './withoutTokens';

/** A call that a plugin received, and what became of it. Nothing in it can be used as a token. */
export interface Hop {
  /** The plugin that called, or `browser`. */
  from: string;
  /** The plugin that was called. */
  to: string;
  method: string;
  /** Without the query. */
  path: string;
  /** Where the credentials came in; `cookie` says that one came, not that it was looked at. */
  carrier: 'bearer' | 'cookie' | 'malformed' | 'nothing';
  /** What came in there. */
  token?: ShownToken;
  /** What the plugin made of it: the principal, printed and whole. */
  credentials?: { printed: string; principal: Json };
  /** What the audit trail says of it. */
  events: AuthEvent[];
  answer?: Answer;
}

/** The answer to a call. */
export interface Answer {
  status: number;
  /** The header `WWW-Authenticate` (RFC 6750 section 3). */
  challenge?: string;
  /** Of each cookie that it sets: the attributes, and the token in it. */
  cookies?: Array<{ attributes: string; token?: ShownToken }>;
  /** JSON as it is; of anything else, what it is. */
  body?: Json;
}

/** The limits that keep what is remembered small. */
export const limits = { traces: 64, hops: 8, events: 8 };

interface Trace {
  readonly owner: string;
  readonly hops: Hop[];
}

/**
 * What is remembered of calls, by their correlation id: of those alone for which somebody opened a trace
 * beforehand. A new trace beyond the limit takes the place of the oldest.
 */
export class Traces {
  readonly #traces = new Map<string, Trace>();

  /** Opens a trace for a user, and returns the id with which their call is to be sent. */
  open(owner: string): string {
    const id = randomUUID();
    this.#traces.set(id, { owner, hops: [] });
    for (const oldest of this.#traces.keys()) {
      if (this.#traces.size <= limits.traces) break;
      this.#traces.delete(oldest);
    }
    return id;
  }

  /** The hops of a trace, in the order of their calls; undefined if there is none of this user. */
  hopsOf(id: string, owner: string): readonly Hop[] | undefined {
    const trace = this.#traces.get(id);
    return trace?.owner === owner ? trace.hops : undefined;
  }

  /** Adds a hop, which is called by the last one without an answer; undefined if nobody asked for it. */
  addHop(id: string, hop: Omit<Hop, 'from' | 'events'>): Hop | undefined {
    const hops = this.#traces.get(id)?.hops;
    if (!hops || hops.length >= limits.hops) return undefined;
    const from = hops.findLast(({ answer }) => !answer)?.to ?? 'browser';
    const added = { from, ...hop, events: [] };
    hops.push(added);
    return added;
  }

  /** Adds an event to the last hop at its plugin; for `onAuthEvent`. */
  addEvent(event: AuthEvent): void {
    if (!('correlationId' in event) || event.correlationId === undefined) return;
    const hops = this.#traces.get(event.correlationId)?.hops;
    const hop = hops?.findLast(({ to }) => to === event.pluginId);
    if (hop && hop.events.length < limits.events) hop.events.push(event);
  }
}

import type { AuthEvent } from '@stagepass/auth-backend';
import type { AuthRequest, HttpAuthService } from '@stagepass/auth-node';
import type { RequestHandler } from 'express';
import type { Json } from './readToken';
import { type Hop, Traces } from './Traces';
import { watchRequests } from './watchRequests';

/**
 * THE INSPECTOR IS FOR THIS DEMO. IT DOES NOT BELONG IN A REAL BACKEND.
 *
 * It gathers, for the page of the example, what callers are never told: why each plugin refused them, and
 * what is written in the tokens that travel between plugins. Whoever can read that finds out by trying what
 * would be accepted, and learns of other people's calls. In a real backend the reason stands in the log and
 * goes to `onAuthEvent`, under the correlation id that the caller may name when they ask for help.
 *
 * Here it does little harm, because the backend listens on loopback alone, a trace holds one call that its
 * user asked to see, nobody else can read it, the oldest are dropped, and no token is kept: only what is
 * written in it.
 */
export interface Inspector {
  readonly traces: Traces;
  /** Notes what happened at the auth services; for `onAuthEvent`. */
  onAuthEvent(event: AuthEvent): void;
  /** Makes the handler that notes the calls of a plugin; it stands before all others. */
  watch(pluginId: string): RequestHandler;
  /** Returns the same service, noting the credentials that it makes. */
  overhear(httpAuth: HttpAuthService): HttpAuthService;
}

/** Makes the inspector of a backend. */
export function createInspector(): Inspector {
  const traces = new Traces();
  const hops = new WeakMap<AuthRequest, Hop>();
  return {
    traces,
    onAuthEvent: event => traces.addEvent(event),
    watch: pluginId => watchRequests(pluginId, traces, (request, hop) => hops.set(request, hop)),
    overhear: httpAuth => ({
      async credentials(req, options) {
        const credentials = await httpAuth.credentials(req, options);
        const hop = hops.get(req);
        if (hop) hop.credentials = describe(credentials.principal);
        return credentials;
      },
      issueUserCookie: (res, options) => httpAuth.issueUserCookie(res, options),
    }),
  };
}

function describe(principal: unknown): Hop['credentials'] {
  return { printed: String(principal), principal: JSON.parse(JSON.stringify(principal)) as Json };
}

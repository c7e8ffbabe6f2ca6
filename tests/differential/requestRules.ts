import type { Rule } from './engine';
import {
  type CallInput,
  COOKIE,
  type CookieInput,
  externalOrigin,
  type RequestInput,
  TRUSTED_ORIGINS,
} from './requestInputs';

/** A call, with the request that it is about. */
export interface RequestFacts {
  readonly input: RequestInput;
  readonly call: CallInput;
}

const own = ({ input }: RequestFacts) => input.cookies.filter(({ name }) => name === COOKIE);
const isPresent = ({ token, written }: CookieInput) => token !== 'nothing' || written === 'quoted';
const isExact = ({ written }: CookieInput) => written === 'plain' || written === 'spaced';
const limitedUsers = (facts: RequestFacts) =>
  new Set(
    own(facts)
      .filter(isExact)
      .map(({ token }) => token)
      .filter(token => token === 'limited' || token === 'limitedJoe'),
  );

/** The cookie is what decides. */
const readsCookie = (facts: RequestFacts) =>
  facts.call.limited && facts.input.header === undefined && own(facts).some(isPresent);

function isBearer({ input }: RequestFacts): boolean {
  const { header, twice } = input;
  if (!header) return true;
  const isAscii = !['nothing', 'unicode'].includes(header.token);
  return !twice && isAscii && /^bearer +$/i.test(header.before) && header.after === '';
}

function isFromElsewhere({ input }: RequestFacts): boolean {
  const { method, upgrade, site, origin } = input;
  const canChange = !['GET', 'HEAD', 'OPTIONS'].includes(method ?? '') || upgrade === true;
  const trusted = [...TRUSTED_ORIGINS, externalOrigin];
  return canChange && site !== 'same-origin' && !trusted.includes(origin ?? '');
}

/** Where the two part over requests. */
export const requestRules: ReadonlyArray<Rule<RequestFacts>> = [
  {
    id: 'authorization-header',
    ours: 'refused',
    as: ['AUTH_REQUEST_AMBIGUOUS'],
    covers: facts => !isBearer(facts),
  },
  {
    id: 'cookie-origin',
    ours: 'refused',
    as: ['AUTH_LIMITED_TOKEN_NOT_ALLOWED'],
    covers: facts => readsCookie(facts) && isFromElsewhere(facts),
  },
  {
    id: 'cookie-is-a-limited-token',
    ours: 'refused',
    as: [
      'AUTH_TOKEN_TYPE_UNKNOWN',
      'AUTH_TOKEN_MALFORMED',
      'AUTH_TOKEN_EXPIRED',
      'AUTH_ACCESS_RESTRICTED',
    ],
    covers: facts =>
      readsCookie(facts) &&
      !isFromElsewhere(facts) &&
      limitedUsers(facts).size === 0 &&
      own(facts).every(isExact),
  },
  {
    id: 'cookie-as-received',
    ours: 'refused',
    covers: facts =>
      readsCookie(facts) &&
      !isFromElsewhere(facts) &&
      limitedUsers(facts).size === 0 &&
      !own(facts).every(isExact),
  },
  {
    id: 'several-cookies',
    ours: 'refused',
    as: ['AUTH_REQUEST_AMBIGUOUS'],
    covers: facts => readsCookie(facts) && !isFromElsewhere(facts) && limitedUsers(facts).size > 1,
  },
  {
    // The first holds a service, one behind it a user, who is not asked for.
    id: 'several-cookies',
    ours: 'refused',
    as: ['AUTH_PRINCIPAL_NOT_ALLOWED'],
    covers: facts =>
      readsCookie(facts) &&
      !isFromElsewhere(facts) &&
      own(facts).length > 1 &&
      limitedUsers(facts).size === 1 &&
      facts.call.allow?.includes('user') === false,
  },
  {
    id: 'several-cookies',
    ours: 'accepted',
    covers: facts => readsCookie(facts) && own(facts).length > 1 && limitedUsers(facts).size === 1,
  },
  {
    id: 'several-cookies',
    ours: 'otherwise',
    covers: facts => readsCookie(facts) && own(facts).length > 1,
  },
];

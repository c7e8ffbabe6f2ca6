/**
 * The promises that the mock services do not keep, by the names of the contract cases, and why: they
 * have the shape of Backstage's mocks, which test suites count on.
 */
export const mockExceptions = {
  auth: new Map([
    [
      'names as caller the plugin that issued the token, not the service it was issued for',
      'a mock service token names the service whose credentials it was made for',
    ],
    [
      'keeps a restricted service to the plugins it is allowed, and tells them what it may do',
      'no mock token carries restrictions; only mockCredentials.service does',
    ],
    [
      'does not let a restricted service reach other plugins by way of an allowed one',
      'no mock token carries restrictions',
    ],
    [
      'repeats no refused token, in message, reason, stack or any printed form of the error',
      'mock tokens are no secrets, and help to find the fault in a test',
    ],
    ['publishes the public keys of its plugin tokens, and nothing private', 'mocks have no keys'],
  ]),
  credentials: new Map([
    ['gives a user an expiry', 'mock credentials do not expire, so that they can be compared'],
  ]),
  onBehalfOf: new Map([
    [
      'names the immediate caller as actor at every hop of a chain',
      'the `obo` of a mock token is a bare user ref, and comes back without actor',
    ],
    ['lets no call on behalf of a user outlive the sign-in', 'mock credentials do not expire'],
    [
      'refuses stored credentials that name another user than their token',
      'mocks believe the principal, which a test writes as it needs it',
    ],
    [
      'refuses to call for a user whose stored credentials have no token',
      'mocks make the token of the principal',
    ],
    [
      'refuses to call for a service whose credentials came out of JSON',
      'mocks believe the principal',
    ],
  ]),
  userCookie: new Map([
    [
      'refuses the cookie with a request that can change something and comes from elsewhere',
      'the mock knows no origins',
    ],
    [
      'leaves a cookie of the same user alone while it is good',
      'the mock sets the cookie at every call',
    ],
    ['keeps the cookie from scripts, and sends it for every path', 'the mock sets the bare pair'],
  ]),
} as const satisfies Record<string, ReadonlyMap<string, string>>;

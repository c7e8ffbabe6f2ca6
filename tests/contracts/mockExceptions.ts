/**
 * The promises that the mock services do not keep, by the names of the contract cases, and why: they
 * have the shape of Backstage's mocks, which test suites count on. None of them accepts what the real
 * services refuse.
 */
export const mockExceptions = {
  auth: new Map([
    [
      'names as caller the plugin that issued the token, not the service it was issued for',
      'a mock service token names the service whose credentials it was made for',
    ],
    ['publishes the public keys of its plugin tokens, and nothing private', 'mocks have no keys'],
  ]),
  onBehalfOf: new Map([
    [
      'names the immediate caller as actor at every hop of a chain',
      'the `obo` of a mock token is a bare user ref, and comes back without actor',
    ],
  ]),
  userCookie: new Map([
    ['keeps the cookie from scripts, and sends it for every path', 'the mock sets the bare pair'],
  ]),
} as const satisfies Record<string, ReadonlyMap<string, string>>;

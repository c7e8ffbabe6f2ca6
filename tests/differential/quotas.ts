/** How many inputs each part of the suite looks at, at least. */
export const quotas = {
  pluginTokens: 9_000,
  userTokens: 18_000,
  onBehalfOf: 10_000,
  externalTokens: 16_000,
  keySets: 2_000,
  requests: 7_000,
  policies: 6_000,
  delegation: 3_000,
  configurations: 7_000,
  mocks: 3_000,
} as const;

/** A part of the suite, with a test file of its own. */
export type Subject = keyof typeof quotas;

/** How many inputs reach each branch that a scenario names, at least. */
export const leastPerBranch = 200;

/** How many of the inputs both sides accept, at least, in each part: a suite of refusals proves little. */
export const leastAccepted = 0.3;

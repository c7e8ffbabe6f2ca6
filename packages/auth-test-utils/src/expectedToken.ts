import { describeMockToken, type TokenDescription } from './describeMockToken';
import { sentToken } from './sentToken';

/**
 * Which token a plugin should have sent onward.
 *
 * @public
 */
export interface ExpectedToken {
  /** The id of the plugin that calls. Mock tokens on behalf of somebody do not say it: leave it out. */
  from?: string;
  /** The id of the plugin that is called. */
  to: string;
  /**
   * For whom: the entity ref of a user, or in mock tokens the subject of a service. Absent means that the
   * plugin calls for itself, and a token on behalf of somebody is another one.
   */
  onBehalfOf?: string;
}

/**
 * What signed tokens are checked with: a `TestAuthority`.
 *
 * @public
 */
export interface TokenDescriber {
  /** Says what a token is, and rejects when it would be refused. */
  describeToken(token: string): Promise<TokenDescription>;
}

interface Verdict {
  readonly pass: boolean;
  /** What was found; never the token. */
  readonly found: string;
}

/** Says what the token should be. */
export function printExpected({ from, to, onBehalfOf }: ExpectedToken): string {
  return `a token ${from === undefined ? '' : `from ${from} `}to ${to}, ${printOrigin(onBehalfOf)}`;
}

/** Compares a mock token. */
export function judgeMockToken(sent: unknown, expected: ExpectedToken): Verdict {
  const token = sentToken(sent);
  if (token === undefined) return nothingSent;
  try {
    return judge(describeMockToken(token), expected);
  } catch (error) {
    return refused(error);
  }
}

/** Compares a signed token, or a mock token, which the authority knows too. */
export async function judgeToken(
  sent: unknown,
  expected: ExpectedToken,
  authority: TokenDescriber,
): Promise<Verdict> {
  const token = sentToken(sent);
  if (token === undefined) return nothingSent;
  try {
    return judge(await authority.describeToken(token), expected);
  } catch (error) {
    return refused(error);
  }
}

const nothingSent: Verdict = {
  pass: false,
  found: 'neither a token nor an Authorization header',
};

function refused(error: unknown): Verdict {
  return { pass: false, found: `one that would be refused: ${(error as Error).message}` };
}

function judge(found: TokenDescription, expected: ExpectedToken): Verdict {
  if (found.type !== 'plugin' && found.type !== 'service') {
    return { pass: false, found: printOther(found) };
  }
  const from = found.type === 'plugin' ? found.from : undefined;
  const onBehalfOf = found.onBehalfOf ?? (found.type === 'service' ? found.subject : undefined);
  const others = found.to === expected.to && onBehalfOf === expected.onBehalfOf;
  const isUnnamed = expected.from !== undefined && from === undefined;
  const to = found.to ?? 'any plugin';
  return {
    pass: others && (expected.from === undefined || from === expected.from),
    found:
      printExpected({ from, to, onBehalfOf }) +
      (others && isUnnamed ? '; such mock tokens do not say who calls, leave `from` out' : ''),
  };
}

function printOther(found: Exclude<TokenDescription, { type: 'plugin' | 'service' }>): string {
  switch (found.type) {
    case 'user':
      return `the user token of ${found.subject}; get one for the call from getPluginRequestToken`;
    case 'limited-user':
      return `the limited user token of ${found.subject}; get one for the call from getPluginRequestToken`;
    case 'none':
      return 'the mock token of a caller without credentials';
    case 'invalid':
      return 'a mock token that is made to be refused';
  }
}

function printOrigin(onBehalfOf: string | undefined): string {
  return onBehalfOf === undefined
    ? 'on behalf of nobody but the plugin'
    : `on behalf of ${onBehalfOf}`;
}

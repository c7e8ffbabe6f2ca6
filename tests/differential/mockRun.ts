import { type Mocks, ourMocks, theirMocks } from '../contracts/backstageMocks';
import { compare, type Outcome, outcomeOf, type Verdict } from './engine';
import { mockRules } from './mockRules';

/** A mock token, and how it is presented. */
export interface MockInput {
  readonly token: string;
  readonly via: 'authenticate' | 'bearer' | 'cookie';
  readonly limited: boolean;
}

/** Gives a mock token to the mocks of both. */
export async function runMock(input: MockInput): Promise<Verdict> {
  return compare(mockRules, input, await mockOutcomes(input));
}

/** What came of a mock token on both sides. */
export async function mockOutcomes(input: MockInput): Promise<{ theirs: Outcome; ours: Outcome }> {
  return {
    theirs: await outcomeOf(() => present(theirMocks, input)),
    ours: await outcomeOf(() => present(ourMocks, input)),
  };
}

async function present(mocks: Mocks, { token, via, limited }: MockInput): Promise<string> {
  const options = { allowLimitedAccess: limited };
  const credentials =
    via === 'authenticate'
      ? await mocks.auth().authenticate(token, options)
      : await mocks.httpAuth().credentials(
          {
            headers:
              via === 'bearer'
                ? { authorization: `Bearer ${token}` }
                : { cookie: `backstage-auth=${encodeURIComponent(token)}` },
          },
          options,
        );
  const { token: carried } = credentials as { token?: string };
  return JSON.stringify([String(credentials), credentials, carried]);
}

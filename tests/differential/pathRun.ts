import { createCredentialsBarrier } from '@stagepass/auth-http';
import { compare, type Outcome, outcomeOf, type Verdict } from './engine';
import { pathRules } from './pathRules';
import { createTheirBarrier } from './theirs';

/** A policy as it is generated. */
export interface PolicyInput {
  readonly path: string;
  readonly allow: string;
  readonly methods?: readonly string[];
  readonly exact?: boolean;
}

/** A plugin with its policies, and the path of a request to it. */
export interface PathInput {
  readonly policies: readonly PolicyInput[];
  readonly method: string;
  readonly path: string;
  /** The router behind ours may tell cases apart; default: it is known not to, as in a Backstage backend. */
  readonly anyCase?: true;
}

/** Adds the policies; then tells what the request needs. */
interface Barrier {
  add(policy: PolicyInput): void;
  ask(method: string, path: string): Promise<unknown>;
}

/** Makes the barrier of each side on a request service that writes down what it is asked. */
export const barriers: Readonly<Record<'theirs' | 'ours', (input: PathInput) => Barrier>> = {
  theirs() {
    const { httpAuth, answer } = recorder();
    const barrier = createTheirBarrier({ httpAuth });
    return {
      add: policy => barrier.addAuthPolicy(policy),
      async ask(method, path) {
        await new Promise<void>((resolve, reject) => {
          barrier.middleware({ method, path }, {}, error => (error ? reject(error) : resolve()));
        });
        return answer();
      },
    };
  },
  ours: input => createOurBarrier(createCredentialsBarrier, input),
};

/** Makes our barrier, or what stands in for it. */
export function createOurBarrier(
  create: typeof createCredentialsBarrier,
  { anyCase }: PathInput,
): Barrier {
  const { httpAuth, answer } = recorder();
  const barrier = create({ httpAuth: httpAuth as never, caseInsensitive: !anyCase });
  return {
    add: policy => barrier.addAuthPolicy(policy as never),
    async ask(method, path) {
      await barrier.admit({ method, headers: {} }, path);
      return answer();
    },
  };
}

/** Full credentials are a refusal, the cookie or nothing at all an answer. */
function recorder() {
  let seen: string | undefined;
  return {
    httpAuth: {
      credentials(_req: unknown, options: { allowLimitedAccess: boolean }): Promise<void> {
        seen = options.allowLimitedAccess ? 'user-cookie' : 'closed';
        return Promise.resolve();
      },
    },
    answer() {
      if (seen !== 'closed') return seen ?? 'unauthenticated';
      throw Object.assign(new Error('full credentials are needed'), { code: 'CLOSED' });
    },
  };
}

/** Gives policies and a path to both sides. */
export async function runPath(
  input: PathInput,
  ours: (input: PathInput) => Barrier = barriers.ours,
): Promise<Verdict> {
  return compare(pathRules, input, {
    theirs: await decide(barriers.theirs(input), input),
    ours: await decide(ours(input), input),
  });
}

/** Adds the policies of an input to a barrier, and asks. */
export async function decide(barrier: Barrier, input: PathInput): Promise<Outcome> {
  const outcome = await outcomeOf(() => {
    for (const policy of input.policies) barrier.add(policy);
    return barrier.ask(input.method, input.path);
  });
  // Which class of error a wrong policy is does not matter at start.
  return 'gave' in outcome ? outcome : { ...outcome, name: 'Error' };
}

import { createAuthBackend } from '@stagepass/auth-backend';
import { createCredentialsBarrier } from '@stagepass/auth-http';
import { runCall } from './delegationRun';
import { callScenarios } from './delegationScenarios';
import { createDelegationWorld } from './delegationWorld';
import { explore, seed, type Verdict } from './engine';
import { jwksScenarios, staticScenarios } from './externalTokens';
import { createKeys } from './keys';
import { onBehalfOfScenarios } from './onBehalfOf';
import { pluginScenarios } from './pluginTokens';
import { createOurBarrier, runPath } from './pathRun';
import { pathScenarios } from './pathScenarios';
import { createRequestWorld, runRequest } from './requestRun';
import { requestScenarios } from './requestScenarios';
import { runToken } from './tokenRun';
import type { Scenario } from './tokenScenarios';
import { limitedScenarios, userScenarios } from './userTokens';
import type { Weakened } from './weakened';
import { type Kind, weakenings } from './weakenings';
import { createWorld, stopTime, type World } from './worlds';

const keys = createKeys();

beforeAll(stopTime);

describe(`A run of the suite with a weakened implementation (STAGEPASS_SEED=${seed})`, () => {
  it.each(Object.entries(weakenings))('is red when %s', async (_, { weaken, noticed }) => {
    const [kind, name] = noticed;
    const weakened = await weaken();
    const world = await createWorld({
      keys,
      ourSide: {
        createAuthBackend: weakened.createAuthBackend ?? createAuthBackend,
        ...(weakened.auth && { wrap: weakened.auth }),
      },
    });
    try {
      const run = runsOf(world, weakened)[kind];
      // It still does its work: what is red is the weakness, not a backend that is broken altogether.
      await run(harmlessScenarios[kind]);
      await expect(run(name)).rejects.toThrow(
        /Undocumented|A row says that ours refuses this, and it does not/,
      );
    } finally {
      await world.close();
    }
  });

  it('has been tried with ten weakenings or more', () => {
    expect(Object.keys(weakenings).length).toBeGreaterThanOrEqual(10);
  });
});

/** Scenarios that no weakening touches. */
const harmlessScenarios: Readonly<Record<Kind, string>> = {
  'plugin token': 'nothing that matters',
  'token on behalf of a user': 'nothing that matters',
  'user token': 'nothing that matters',
  'limited user token': 'nothing that matters',
  'static token': 'as configured',
  'third party token': 'nothing that matters',
  request: 'without credentials',
  path: 'without policies',
  call: 'as the plugin or another service',
};

/** How the scenarios of each kind are run, by name. */
function runsOf(
  world: World,
  weakened: Weakened,
): Readonly<Record<Kind, (name: string) => Promise<void>>> {
  const barrier = weakened.createCredentialsBarrier ?? createCredentialsBarrier;
  const requests = createRequestWorld(world, weakened.httpAuth);
  const calls = createDelegationWorld(world, weakened.createAuthBackend);
  const tokens = (scenarios: Parameters<typeof runner<Parameters<typeof runToken>[1]>>[0]) =>
    runner(scenarios, input => runToken(world, input));
  return {
    'plugin token': tokens(pluginScenarios),
    'token on behalf of a user': tokens(onBehalfOfScenarios),
    'user token': tokens(userScenarios),
    'limited user token': tokens(limitedScenarios),
    'static token': tokens(staticScenarios),
    'third party token': tokens(jwksScenarios),
    request: runner(requestScenarios, input => runRequest(requests, input)),
    path: runner(pathScenarios, input => runPath(input, it => createOurBarrier(barrier, it))),
    call: runner(callScenarios, input => runCall(calls, input)),
  };
}

function runner<TInput>(
  scenarios: ReadonlyArray<Scenario<TInput>>,
  run: (input: TInput) => Promise<Verdict>,
): (name: string) => Promise<void> {
  return async name => {
    const scenario = scenarios.find(candidate => candidate.name === name);
    if (!scenario) throw new Error(`There is no scenario '${name}'`);
    await explore(name, scenario.inputs, 200, async input => void (await run(input)));
  };
}

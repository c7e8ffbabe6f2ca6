import { describeScenarios } from './describeScenarios';
import { runToken } from './tokenRun';
import { limitedScenarios, untypedScenarios, userScenarios } from './userTokens';
import { createWorld, stopTime, type World } from './worlds';

const worlds = new Map<string, World>();

beforeAll(async () => {
  stopTime();
  worlds.set('user token', await createWorld());
  worlds.set('limited user token', await createWorld());
  worlds.set('user token of the old form', await createWorld({ untypedAccepted: true }));
});

afterAll(() => Promise.all([...worlds.values()].map(world => world.close())));

describeScenarios(
  'userTokens',
  {
    'user token': userScenarios,
    'limited user token': limitedScenarios,
    'user token of the old form': untypedScenarios,
  },
  (input, group) => runToken(worlds.get(group)!, input),
);

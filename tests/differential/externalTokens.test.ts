import { describeScenarios } from './describeScenarios';
import { jwksScenarios, legacyScenarios, staticScenarios } from './externalTokens';
import { runToken } from './tokenRun';
import { createWorld, stopTime, type World } from './worlds';

let world: World;

beforeAll(async () => {
  stopTime();
  world = await createWorld();
});

afterAll(() => world.close());

describeScenarios(
  'externalTokens',
  {
    'static token': staticScenarios,
    'legacy token': legacyScenarios,
    'third party token': jwksScenarios,
  },
  input => runToken(world, input),
);

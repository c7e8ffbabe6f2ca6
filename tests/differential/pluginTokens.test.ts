import { describeScenarios } from './describeScenarios';
import { pluginScenarios } from './pluginTokens';
import { runToken } from './tokenRun';
import { createWorld, stopTime, type World } from './worlds';

let world: World;

beforeAll(async () => {
  stopTime();
  world = await createWorld();
});

afterAll(() => world.close());

describeScenarios('pluginTokens', { 'plugin token': pluginScenarios }, input =>
  runToken(world, input),
);

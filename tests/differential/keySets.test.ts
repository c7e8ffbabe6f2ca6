import { describeScenarios } from './describeScenarios';
import { createPublishedSigners, runKeySet } from './keySetRun';
import { keySetScenarios } from './keySetScenarios';
import { createWorld, stopTime, type World } from './worlds';

const signers = createPublishedSigners();
let world: World;

beforeAll(async () => {
  stopTime();
  world = await createWorld();
});

afterAll(() => world.close());

describeScenarios('keySets', { 'key set': keySetScenarios }, input =>
  runKeySet(world, signers, input),
);

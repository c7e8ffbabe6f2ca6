import { describeScenarios } from './describeScenarios';
import { onBehalfOfScenarios } from './onBehalfOf';
import { runToken } from './tokenRun';
import { createWorld, stopTime, type World } from './worlds';

const worlds = new Map<string, World>();

beforeAll(async () => {
  stopTime();
  worlds.set('token on behalf of a user', await createWorld());
});

afterAll(() => Promise.all([...worlds.values()].map(world => world.close())));

describeScenarios(
  'onBehalfOf',
  { 'token on behalf of a user': onBehalfOfScenarios },
  (input, group) => runToken(worlds.get(group)!, input),
);

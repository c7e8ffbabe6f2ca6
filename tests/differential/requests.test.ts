import { describeScenarios } from './describeScenarios';
import { createRequestWorld, type RequestWorld, runRequest } from './requestRun';
import { requestScenarios } from './requestScenarios';
import { createWorld, stopTime, type World } from './worlds';

let world: World;
let requestWorld: RequestWorld;

beforeAll(async () => {
  stopTime();
  world = await createWorld();
  requestWorld = createRequestWorld(world);
});

afterAll(() => world.close());

describeScenarios('requests', { request: requestScenarios }, input =>
  runRequest(requestWorld, input),
);

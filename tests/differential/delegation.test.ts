import { type DelegationWorld, runCall } from './delegationRun';
import { callScenarios } from './delegationScenarios';
import { createDelegationWorld } from './delegationWorld';
import { describeScenarios } from './describeScenarios';
import { createWorld, stopTime, type World } from './worlds';

let world: World;
let delegationWorld: DelegationWorld;

beforeAll(async () => {
  stopTime();
  world = await createWorld();
  delegationWorld = createDelegationWorld(world);
});

afterAll(() => world.close());

describeScenarios('delegation', { call: callScenarios }, input => runCall(delegationWorld, input));

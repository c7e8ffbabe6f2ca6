import { describeScenarios } from './describeScenarios';
import { runMock } from './mockRun';
import { mockScenarios } from './mockScenarios';
import { stopTime } from './worlds';

beforeAll(stopTime);

describeScenarios('mocks', { 'mock token': mockScenarios }, runMock);

import { describeScenarios } from './describeScenarios';
import { runPath } from './pathRun';
import { pathScenarios } from './pathScenarios';

describeScenarios('policies', { path: pathScenarios }, input => runPath(input));

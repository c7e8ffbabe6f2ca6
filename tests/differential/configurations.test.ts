import { createAuthBackend } from '@stagepass/auth-backend';
import { runConfig } from './configurationRun';
import { configScenarios } from './configurationScenarios';
import { describeScenarios } from './describeScenarios';
import { writeKeyFiles } from './keyFiles';
import { createStarts } from './starts';
import { stopTime } from './worlds';

const { files, remove } = writeKeyFiles();
const starts = createStarts(createAuthBackend);

beforeAll(stopTime);
afterAll(remove);

describeScenarios('configurations', { configuration: configScenarios(files) }, input =>
  runConfig(starts, input),
);

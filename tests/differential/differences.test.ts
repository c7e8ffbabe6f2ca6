import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAuthBackend } from '@stagepass/auth-backend';
import { tryOut } from './configurationRun';
import { callOutcomes } from './delegationRun';
import { createDelegationWorld } from './delegationWorld';
import { configScenarios } from './configurationScenarios';
import { callScenarios } from './delegationScenarios';
import { differences } from './differences';
import { jwksScenarios, legacyScenarios, staticScenarios } from './externalTokens';
import { writeKeyFiles } from './keyFiles';
import { createPublishedSigners, keySetOutcomes } from './keySetRun';
import { keySetScenarios } from './keySetScenarios';
import { mockScenarios } from './mockScenarios';
import { onBehalfOfScenarios } from './onBehalfOf';
import { pathScenarios } from './pathScenarios';
import { pluginScenarios } from './pluginTokens';
import { requestScenarios } from './requestScenarios';
import type { Scenario } from './tokenScenarios';
import { limitedScenarios, untypedScenarios, userScenarios } from './userTokens';
import type { Outcome } from './engine';
import { mockOutcomes } from './mockRun';
import {
  callExamples,
  keySetExamples,
  configExamples,
  mockExamples,
  pathExamples,
  requestExamples,
} from './otherExamples';
import { barriers, decide } from './pathRun';
import { leastAccepted, quotas } from './quotas';
import { createRequestWorld, requestOutcomes, type RequestWorld } from './requestRun';
import { scenes } from './scenes';
import { createStarts } from './starts';
import { type Expected, oldFormExamples, tokenExamples } from './tokenExamples';
import { buildToken } from './tokenInputs';
import { authenticateBoth } from './tokenRun';
import { createWorld, stopTime, type World } from './worlds';

interface Outcomes {
  readonly theirs: Outcome;
  readonly ours: Outcome;
}

let world: World;
let oldFormWorld: World;
let requestWorld: RequestWorld;
const signers = createPublishedSigners();
const starts = createStarts(createAuthBackend);

beforeAll(async () => {
  stopTime();
  world = await createWorld();
  oldFormWorld = await createWorld({ untypedAccepted: true });
  requestWorld = createRequestWorld(world);
});

afterAll(() => Promise.all([world.close(), oldFormWorld.close()]));

/** Each list of examples, with what tries them. */
const groups = {
  tokens: [
    tokenExamples,
    (input: (typeof tokenExamples)[number][1]) =>
      authenticateBoth(world, buildToken(world.keys, input), true),
  ],
  'tokens, the old form accepted': [
    oldFormExamples,
    (input: (typeof oldFormExamples)[number][1]) =>
      authenticateBoth(oldFormWorld, buildToken(oldFormWorld.keys, input), true),
  ],
  'key sets': [
    keySetExamples,
    (input: (typeof keySetExamples)[number][1]) => keySetOutcomes(world, signers, input),
  ],
  requests: [
    requestExamples,
    (input: (typeof requestExamples)[number][1]) => requestOutcomes(requestWorld, input),
  ],
  paths: [
    pathExamples,
    async (input: (typeof pathExamples)[number][1]) => ({
      theirs: await decide(barriers.theirs(input), input),
      ours: await decide(barriers.ours(input), input),
    }),
  ],
  'calls onward': [
    callExamples,
    (input: (typeof callExamples)[number][1]) => callOutcomes(createDelegationWorld(world), input),
  ],
  configurations: [
    configExamples,
    async (input: (typeof configExamples)[number][1]) => ({
      theirs: await tryOut(starts.theirs, input),
      ours: await tryOut(starts.ours, input),
    }),
  ],
  mocks: [mockExamples, (input: (typeof mockExamples)[number][1]) => mockOutcomes(input)],
} as const;

const examples = Object.entries(groups).flatMap(([name, [list, run]]) =>
  list.map(([id, input, theirs, ours]) => {
    const outcomes = () => (run as (value: unknown) => Promise<Outcomes>)(input);
    return [id, name, { outcomes, theirs, ours }] as const;
  }),
);

describe('a documented difference', () => {
  it.each(examples)(
    '%s, of %s (%#): theirs does the one, ours the other',
    async (_id, _name, example) => {
      const outcomes = await example.outcomes();
      expectOutcome(outcomes.theirs, example.theirs);
      expectOutcome(outcomes.ours, example.ours);
    },
  );

  it.each(Object.entries(scenes))('%s: theirs does the one, ours the other', async (_id, scene) => {
    const { theirs, ours, expected } = await scene();
    expect({ theirs, ours }).toEqual(expected);
  });

  it('has an example for each row', () => {
    const shown = new Set<string>([...examples.map(([id]) => id), ...Object.keys(scenes)]);
    expect(Object.keys(differences).filter(id => !shown.has(id))).toEqual([]);
  });
});

describe('the generated inputs', () => {
  const { files, remove } = writeKeyFiles();
  const scenarios: ReadonlyArray<Pick<Scenario<unknown>, 'branch'>> = [
    ...pluginScenarios,
    ...onBehalfOfScenarios,
    ...userScenarios,
    ...limitedScenarios,
    ...untypedScenarios,
    ...staticScenarios,
    ...legacyScenarios,
    ...jwksScenarios,
    ...keySetScenarios,
    ...requestScenarios,
    ...pathScenarios,
    ...callScenarios,
    ...configScenarios(files),
    ...mockScenarios,
  ];
  remove();

  it('reach each row of the table that one input can show', () => {
    const reached = new Set(scenarios.map(({ branch }) => branch));
    const missing = Object.keys(differences).filter(id => !reached.has(`documented ${id}`));
    expect(missing).toEqual([
      'one-sentence-per-refusal',
      'keys-through-outage',
      'strangers-share-requests',
      'discovered-addresses',
      'host-only-cookie',
      'cookie-of-another-user',
      'stored-user-credentials',
      'one-database-per-plugin',
    ]);
  });
});

describe('docs/differences.md', () => {
  const text = readFileSync(join(__dirname, '../../docs/differences.md'), 'utf8');

  it('has the same rows as the suite, word for word', () => {
    const rows = text
      .split('\n')
      .filter(line => line.startsWith('| `'))
      .map(line =>
        line
          .split('|')
          .slice(1, -1)
          .map(cell => cell.trim()),
      );
    expect(rows).toEqual(
      Object.entries(differences).map(([id, { about, theirs, ours, why, record }]) => [
        `\`${id}\``,
        about,
        theirs,
        ours,
        why,
        record,
      ]),
    );
  });
});

describe('the quotas', () => {
  it('are at least 20,000 inputs, of which both accept 30 %', () => {
    const total = Object.values(quotas).reduce((sum, inputs) => sum + inputs, 0);
    expect(total).toBeGreaterThanOrEqual(20_000);
    expect(leastAccepted).toBeGreaterThanOrEqual(0.3);
  });
});

/** Asserts a refusal by name, or code, and message; an answer by what is in it. */
function expectOutcome(outcome: Outcome, expected: Expected): void {
  if (typeof expected === 'string') {
    expect(outcome).toEqual({ gave: expect.stringContaining(expected) as unknown });
  } else {
    expect(outcome).toMatchObject(expected);
  }
}

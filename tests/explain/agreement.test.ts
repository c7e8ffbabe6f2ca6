import { setImmediate as nextTurn } from 'node:timers/promises';
import { type AuthBackend, createAuthBackend } from '@stagepass/auth-backend';
import { answerError } from '@stagepass/auth-http';
import { type AuthErrorCode, isAuthError } from '@stagepass/auth-node';
import { createAuthError } from '@stagepass/auth-node/internal';
import { mockCredentials } from '@stagepass/auth-test-utils';
import fc from 'fast-check';
import { explore } from '../differential/engine';
import { jwksScenarios, legacyScenarios, staticScenarios } from '../differential/externalTokens';
import { onBehalfOfScenarios } from '../differential/onBehalfOf';
import { pluginScenarios } from '../differential/pluginTokens';
import { buildToken, type TokenInput } from '../differential/tokenInputs';
import type { Scenario } from '../differential/tokenScenarios';
import { limitedScenarios, untypedScenarios, userScenarios } from '../differential/userTokens';
import { createWorld, NOW, stopTime, type World } from '../differential/worlds';

const pluginId = 'receiver';
let world: World;
let backend: AuthBackend;

beforeAll(async () => {
  stopTime();
  world = await createWorld({
    ourSide: { createAuthBackend: options => (backend = createAuthBackend(options)) },
  });
});

afterAll(() => world.close());

const groups: Record<string, ReadonlyArray<Scenario<TokenInput>>> = {
  'plugin tokens': pluginScenarios,
  'user tokens': [...userScenarios, ...limitedScenarios, ...untypedScenarios],
  'external tokens': [...staticScenarios, ...legacyScenarios, ...jwksScenarios],
  'plugin tokens on behalf of users': onBehalfOfScenarios,
};

describe.each(Object.entries(groups))('the verdict on generated %s', (group, scenarios) => {
  const inputs = fc.oneof(...scenarios.map(scenario => scenario.inputs));

  it('is that of authenticate, and no token shows', async () => {
    let accepted = 0;
    await explore(`explain ${group}`, inputs, 300, async input => {
      // Time stands still for tokens, and goes on for what may be asked again after a while.
      // Meanwhile nothing may be under way, which would seem to take as long.
      while (world.clock.pendingTimers > 0) await nextTurn();
      world.clock.advance({ seconds: 20 });
      world.clock.setTime(NOW);
      const token = buildToken(world.keys, input);
      const allowLimitedAccess = input.limited === true;
      const explanation = await backend.explainToken(token, { pluginId, allowLimitedAccess });
      const outcome = await world.ours
        .authenticate(token, { allowLimitedAccess })
        .catch((error: unknown) => error);
      const { verdict, pasted } = explanation;
      if (isAuthError(outcome)) {
        const { code, message, reason } = outcome;
        if (!pasted) expect(verdict).toMatchObject({ accepted: false, code, message, reason });
        else expect(pasted.problem).toBeDefined();
      } else {
        accepted += 1;
        const { principal } = outcome as { principal: object };
        expect(pasted).toBeUndefined();
        expect(verdict).toMatchObject({
          accepted: true,
          principal: JSON.parse(JSON.stringify(principal)) as object,
        });
      }
      const text = JSON.stringify(explanation);
      for (const part of [token, token.slice(token.lastIndexOf('.') + 1)]) {
        if (part.length >= 16) expect(text).not.toContain(part);
      }
    });
    expect(accepted).toBeGreaterThan(20);
  });
});

/** A token that is refused with a code of each class. */
const refused: ReadonlyArray<readonly [AuthErrorCode, TokenInput | string]> = [
  ['AUTH_TOKEN_MALFORMED', 'junk'],
  [
    'AUTH_KEYS_UNAVAILABLE',
    { base: 'plugin', changes: [{ in: 'claims', name: 'sub', json: '"broken"' }] },
  ],
  ['AUTH_ACCESS_RESTRICTED', { base: 'elsewhere', changes: [] }],
];

it.each(refused)('the status of %s is that of the answer over HTTP', async (code, input) => {
  const token = typeof input === 'string' ? input : buildToken(world.keys, input);
  const { verdict } = await backend.explainToken(token, { pluginId });
  const answer = answerError(createAuthError(code, ''), {});
  expect(verdict).toMatchObject({ code, status: answer?.status });
});

it.each([
  mockCredentials.user.token(),
  mockCredentials.user.token('user:default/x'),
  mockCredentials.user.invalidToken(),
  mockCredentials.service.token(),
  mockCredentials.service.token({ onBehalfOf: mockCredentials.user(), targetPluginId: 'x' }),
  mockCredentials.service.invalidToken(),
  mockCredentials.limitedUser.token(),
  mockCredentials.limitedUser.invalidToken(),
])('%s is recognised as a mock token, and does not show', async token => {
  const explanation = await backend.explainToken(token, { pluginId });
  expect(explanation).toMatchObject({ kind: 'mock token', verdict: { accepted: false } });
  expect(explanation.advice[0]).toContain('mock tokens are for test suites');
  expect(JSON.stringify(explanation)).not.toContain(token);
});

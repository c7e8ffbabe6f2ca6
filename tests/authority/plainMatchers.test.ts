import assert from 'node:assert/strict';
import { mockCredentials } from '@stagepass/auth-test-utils';
import { authMatchers } from '@stagepass/auth-test-utils/matchers';

// What a test under node:test does: no expect, no runner.

it('answer whether they hold, to assert', () => {
  const jane = mockCredentials.user('user:default/jane');
  assert.ok(authMatchers.toBeUserPrincipal(jane, 'user:default/jane').pass);
  const other = authMatchers.toBeUserPrincipal(jane, 'user:default/joe');
  assert.equal(other.pass, false);
  assert.equal(
    other.message(),
    'Expected credentials of the user user:default/joe, found those of the user user:default/jane',
  );
});

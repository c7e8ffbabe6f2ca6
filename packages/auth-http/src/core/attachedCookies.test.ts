import { inspect } from 'node:util';
import { createAuthError } from '@stagepass/auth-node/internal';
import { attachCookies, attachedCookies } from './attachedCookies';

describe('the cookies of a refusal', () => {
  it('go with the error, out of sight', () => {
    const error = createAuthError('AUTH_TOKEN_EXPIRED', 'expired');
    expect(attachedCookies(error)).toEqual([]);
    expect(attachCookies(error, ['canary=1'])).toBe(error);
    expect(attachedCookies(error)).toEqual(['canary=1']);
    expect(attachedCookies(attachCookies(error, ['canary=2']))).toEqual(['canary=2']);
    expect(JSON.stringify(error) + inspect(error)).not.toContain('canary');
  });

  it.each([undefined, null, 'text', 1, Object.freeze(new Error('frozen'))])(
    'are left out where the error %p cannot take them',
    error => {
      expect(attachCookies(error, ['a=b'])).toBe(error);
      expect(attachedCookies(error)).toEqual([]);
    },
  );
});

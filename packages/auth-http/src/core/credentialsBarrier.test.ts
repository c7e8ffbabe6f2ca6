import type { HttpAuthService } from '@stagepass/auth-node';
import { createCredentialsBarrier } from './credentialsBarrier';

const request = { method: 'GET', headers: {} };

function setUp(config = {}) {
  const credentials = jest.fn(async () => ({}));
  const httpAuth = { credentials, issueUserCookie: jest.fn() } as unknown as HttpAuthService;
  return { credentials, barrier: createCredentialsBarrier({ httpAuth, config }) };
}

describe('the credentials barrier', () => {
  it('asks for a user or a service on a path that no policy opens', async () => {
    const { credentials, barrier } = setUp();
    await barrier.admit(request, '/private');
    expect(credentials).toHaveBeenCalledWith(request, {
      allow: ['user', 'service'],
      allowLimitedAccess: false,
    });
  });

  it('takes the cookie too where a policy says so', async () => {
    const { credentials, barrier } = setUp();
    barrier.addAuthPolicy({ path: '/view', allow: 'user-cookie' });
    await barrier.admit(request, '/view');
    expect(credentials).toHaveBeenCalledWith(request, {
      allow: ['user', 'service'],
      allowLimitedAccess: true,
    });
  });

  it('looks at nothing on an open path', async () => {
    const { credentials, barrier } = setUp();
    barrier.addAuthPolicy({ path: '/open', allow: 'unauthenticated' });
    await barrier.admit(request, '/open');
    expect(credentials).not.toHaveBeenCalled();
  });

  it('looks at nothing anywhere where the default policy is off', async () => {
    const auth = { dangerouslyDisableDefaultAuthPolicy: true };
    const { credentials, barrier } = setUp({ backend: { auth } });
    await barrier.admit(request, '/private');
    expect(credentials).not.toHaveBeenCalled();
  });
});

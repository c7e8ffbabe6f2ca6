import { createAuthBackend } from '@stagepass/auth-backend';
import type { AuthService } from '@stagepass/auth-node';
import { silentLogger as logger } from '../databases/silentLogger';
import { createTheirAuth } from '../differential/theirs';
import { type KeySetServer, startKeySetServer } from '../interop/keySetServer';
import { theirKeySource } from './theirKeySource';

const CALLER = 'static-token-of-the-restricted-caller';

/** A caller who may do some things in `near`, everything in `far`, and nothing elsewhere. */
const externalAccess = [
  {
    type: 'static',
    options: { token: CALLER, subject: 'restricted-caller' },
    accessRestrictions: [
      { plugin: 'caller' },
      { plugin: 'near', permission: 'thing.read' },
      { plugin: 'far' },
    ],
  },
];

let keySets: KeySetServer;

beforeEach(async () => {
  keySets = await startKeySetServer();
});

afterEach(() => keySets.close());

async function open(
  implementation: 'ours' | 'theirs',
  pluginId: string,
  auth: object = {},
): Promise<AuthService> {
  const { discovery } = keySets;
  const config = { backend: { auth: { ...auth, externalAccess } } };
  const service =
    implementation === 'ours'
      ? await createAuthBackend({ discovery, config, logger }).forPlugin(pluginId)
      : await createTheirAuth({
          pluginId,
          discovery,
          config,
          logger,
          keySource: theirKeySource(pluginId),
        });
  keySets.plugins.set(pluginId, () => service.listPublicServiceKeys());
  return service;
}

/** Calls a plugin for the restricted caller; returns as whom the call arrived, or why it did not. */
async function call(from: AuthService, to: AuthService, targetPluginId: string): Promise<unknown> {
  try {
    const onBehalfOf = await from.authenticate(CALLER);
    const { token } = await from.getPluginRequestToken({ onBehalfOf, targetPluginId });
    return (await to.authenticate(token)).principal;
  } catch (error) {
    const { name, message } = error as Error;
    return `${name}: ${message}`;
  }
}

const CANNOT = 'NotAllowedError: This call may not be made for its caller';
const UNLIMITED = { type: 'service', subject: 'plugin:caller' };

describe('A call for a restricted caller', () => {
  it('RST-02 is refused by a plugin of Backstage’s, which does not know the header: 401', async () => {
    const caller = await open('ours', 'caller');
    const [near, far] = [await open('theirs', 'near'), await open('theirs', 'far')];
    const refused = 'AuthenticationError: Failed plugin token verification';
    expect(await call(caller, near, 'near')).toBe(refused);
    expect(await call(caller, far, 'far')).toBe(refused);
  });

  it('is accepted by ours, within its restrictions', async () => {
    const caller = await open('ours', 'caller');
    const [near, far] = [await open('ours', 'near'), await open('ours', 'far')];
    const near_ = { ...UNLIMITED, accessRestrictions: { permissionNames: ['thing.read'] } };
    expect(await call(caller, near, 'near')).toEqual(near_);
    expect(await call(caller, far, 'far')).toEqual({ ...UNLIMITED, accessRestrictions: {} });
  });

  it.each(['ours', 'theirs'] as const)(
    'is as Backstage makes it where that is configured: received by %s',
    async receiver => {
      const ours = await open('ours', 'caller', { restrictedDelegation: 'plain' });
      const [near, far] = [await open(receiver, 'near'), await open(receiver, 'far')];
      expect(await call(ours, far, 'far')).toEqual(UNLIMITED);
      expect(await call(ours, near, 'near')).toBe(CANNOT);
      expect(await call(ours, near, 'elsewhere')).toBe(CANNOT);
    },
  );

  it('RST-02 is received within its restrictions also by a plugin that itself calls as Backstage does', async () => {
    const auth = { restrictedDelegation: 'plain' };
    const caller = await open('ours', 'caller');
    const [near, far] = [await open('ours', 'near', auth), await open('ours', 'far', auth)];
    const onBehalfOf = await caller.authenticate(CALLER);
    const { token } = await caller.getPluginRequestToken({ onBehalfOf, targetPluginId: 'near' });
    const received = await near.authenticate(token);
    expect(received.principal).toMatchObject({
      accessRestrictions: { permissionNames: ['thing.read'] },
    });
    const onward = (targetPluginId: string) =>
      near.getPluginRequestToken({ onBehalfOf: received, targetPluginId });
    await expect(onward('elsewhere')).rejects.toMatchObject({
      code: 'AUTH_DELEGATION_NOT_ALLOWED',
    });
    await expect(onward('near')).rejects.toMatchObject({ code: 'AUTH_DELEGATION_NOT_ALLOWED' });
    expect((await far.authenticate((await onward('far')).token)).principal).toEqual({
      type: 'service',
      subject: 'plugin:near',
    });
  });
});

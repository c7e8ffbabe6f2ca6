import type { AccessRestrictionsMap } from '@stagepass/auth-node';
import { Installation, JANE } from '../../testing/Installation';
import { createKey } from '../../testing/keyFixtures';
import { illegalToken, rejectionOf } from '../../testing/refusals';
import { decode, forge, segment } from '../../testing/tokenFixtures';
import { ACCESS_RESTRICTIONS } from '../accessRestrictions';

const crit = [ACCESS_RESTRICTIONS];
const wire = {
  scaffolder: { permissionNames: ['a.read'], permissionAttributes: { action: ['read'] } },
  search: {},
};

/** The header of a restricted token. */
const header = (restrictions: unknown = wire) => ({ crit, [ACCESS_RESTRICTIONS]: restrictions });

describe('a plugin token with access restrictions', () => {
  it('proves the plugin, what its caller may do here, and hidden what elsewhere', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const credentials = await auth.authenticate(installation.pluginToken({}, header()));
    expect(credentials.principal).toEqual({
      type: 'service',
      subject: 'plugin:catalog',
      accessRestrictions: wire.scaffolder,
    });
    const { allAccessRestrictions } = credentials as never as {
      allAccessRestrictions: AccessRestrictionsMap;
    };
    expect(allAccessRestrictions).toEqual(new Map(Object.entries(wire)));
    expect(JSON.stringify(credentials)).not.toContain('search');
  });

  it('prints as an external caller with the same restrictions would', async () => {
    const installation = new Installation({
      auth: {
        externalAccess: [
          {
            type: 'static',
            options: { token: 'a-static-token', subject: 'plugin-catalog' },
            accessRestrictions: [
              {
                plugin: 'scaffolder',
                permission: 'a.read',
                permissionAttribute: { action: 'read' },
              },
            ],
          },
        ],
      },
    });
    const auth = await installation.plugin();
    const external = String(await auth.authenticate('a-static-token'));
    const called = String(await auth.authenticate(installation.pluginToken({}, header())));
    expect(called).toMatch(
      /^backstageCredentials\{servicePrincipal\{plugin:catalog,accessRestrictions=[\w+/]{43}\}\}$/,
    );
    expect(called).toBe(external.replace('plugin-catalog', 'plugin:catalog'));
  });

  it('RST-01 is refused by a plugin that they do not list', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const token = installation.pluginToken({}, header({ search: {}, Scaffolder: {} }));
    expect(await rejectionOf(auth.authenticate(token))).toMatchObject({
      name: 'NotAllowedError',
      code: 'AUTH_ACCESS_RESTRICTED',
      message: 'Access to this plugin is restricted',
      reason:
        '"plugin:catalog" calls for a caller whose access restrictions do not include the plugin "scaffolder"; ' +
        'see accessRestrictions of that caller in backend.auth.externalAccess',
    });
  });

  it.each<[string, (it: Installation) => unknown]>([
    ['a user', it => it.limitedUserToken()],
    ['null', () => null],
    ['nothing', () => ''],
  ])('and %s in obo is refused: only services have restrictions', async (_, oboOf) => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const token = installation.pluginToken({ obo: oboOf(installation) }, header());
    expect(await rejectionOf(auth.authenticate(token))).toMatchObject({
      ...illegalToken('AUTH_CLAIM_INVALID'),
      reason:
        'claim obo: expected no user in a token with access restrictions, which only services have',
    });
  });

  it('is refused for what is wrong with it before its restrictions count', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const elsewhere = header({ search: {} });
    const refused: Array<[string, 'AUTH_SIGNATURE_INVALID']> = [
      [installation.pluginToken({}, elsewhere, createKey('catalog-key')), 'AUTH_SIGNATURE_INVALID'],
      [installation.pluginToken({ aud: 'search' }, header()), 'AUTH_AUDIENCE_MISMATCH' as never],
      [
        installation.pluginToken({ exp: installation.now }, header()),
        'AUTH_TOKEN_EXPIRED' as never,
      ],
    ];
    for (const [token, code] of refused) {
      await expect(auth.authenticate(token)).rejects.toMatchObject(illegalToken(code));
    }
  });

  it.each<[string, (header: Record<string, unknown>) => object]>([
    ['taken out', ({ typ, alg, kid }) => ({ typ, alg, kid })],
    ['widened', good => ({ ...good, ...header({ ...wire, scaffolder: {} }) })],
    [
      'written in another order',
      ({ [ACCESS_RESTRICTIONS]: value, ...rest }) => ({
        [ACCESS_RESTRICTIONS]: value,
        ...rest,
      }),
    ],
  ])('RST-02 does not verify with them %s', async (_, change) => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const token = installation.pluginToken({}, header());
    const [, payload, signature] = token.split('.');
    const changed = [segment(change(decode(token).header)), payload, signature].join('.');
    await expect(auth.authenticate(changed)).rejects.toMatchObject(
      illegalToken('AUTH_SIGNATURE_INVALID'),
    );
  });

  it.each<[string, object]>([
    ['not marked as critical', { crit: undefined }],
    ['empty', { [ACCESS_RESTRICTIONS]: {} }],
    ['not understood', { [ACCESS_RESTRICTIONS]: { scaffolder: { until: 'tomorrow' } } }],
    ['null for this plugin', { [ACCESS_RESTRICTIONS]: { scaffolder: null } }],
    ['beside another critical parameter', { crit: [...crit, 'x'], x: 1 }],
  ])('HDR-04 is refused with restrictions that are %s, though it is signed', async (_, members) => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const token = installation.pluginToken({}, { ...header(), ...members });
    await expect(auth.authenticate(token)).rejects.toMatchObject(
      illegalToken('AUTH_TOKEN_MALFORMED'),
    );
    expect(installation.network.requests).toEqual([]);
  });

  it.each<[string, (it: Installation) => string]>([
    ['a user token', it => it.userToken({}, header())],
    ['a limited user token', it => it.limitedUserToken({}, header())],
    ['a token without type', it => it.userToken({}, { typ: undefined, ...header() })],
    ['a user in obo', it => it.pluginToken({ obo: it.limitedUserToken({}, header()) })],
    [
      'a token of a third party',
      it =>
        forge({ alg: 'ES256', kid: 'user-key', ...header() }, { sub: JANE }, it.userKey.signing),
    ],
  ])('HDR-04 is the only one that may have them: %s is refused', async (_, tokenOf) => {
    const installation = new Installation({
      auth: {
        acceptUntypedUserTokens: true,
        externalAccess: [
          {
            type: 'jwks',
            options: {
              url: 'http://backend/api/auth/.well-known/jwks.json?',
              issuer: 'https://example.com/api/auth',
              dangerouslyAllowAnyAudience: true,
            },
          },
        ],
      },
    });
    const auth = await installation.plugin();
    await expect(
      auth.authenticate(tokenOf(installation), { allowLimitedAccess: true }),
    ).rejects.toMatchObject(illegalToken('AUTH_TOKEN_MALFORMED'));
  });
});

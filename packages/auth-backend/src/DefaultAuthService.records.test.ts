import { inspect } from 'node:util';
import { issue, issueOwn } from './testing/credentialFixtures';
import { externalAccess, Installation, JANE, STATIC_TOKEN } from './testing/Installation';
import { createKey } from './testing/keyFixtures';
import { rejectionOf } from './testing/refusals';
import type { ExternalTokenHandler } from './tokens/external/ExternalTokenHandler';

const UUID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

describe('what is recorded', () => {
  it('is one event for each token that was verified, issued or refused', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const credentials = await auth.authenticate(installation.userToken());
    await issue(auth, credentials);
    await issueOwn(auth, 'catalog');
    const { reason } = await rejectionOf(auth.authenticate(installation.pluginToken({ aud: 'x' })));
    await rejectionOf(auth.getLimitedUserToken((await auth.getNoneCredentials()) as never));
    expect(installation.events).toEqual([
      { type: 'verified', pluginId: 'scaffolder', principal: `userPrincipal{${JANE}}` },
      {
        type: 'delegated',
        pluginId: 'scaffolder',
        targetPluginId: 'catalog',
        principal: `userPrincipal{${JANE}}`,
      },
      {
        type: 'issued',
        pluginId: 'scaffolder',
        targetPluginId: 'catalog',
        principal: 'servicePrincipal{plugin:scaffolder}',
      },
      {
        type: 'refused',
        pluginId: 'scaffolder',
        code: 'AUTH_AUDIENCE_MISMATCH',
        reason,
        correlationId: expect.stringMatching(UUID) as unknown,
      },
      {
        type: 'refused',
        pluginId: 'scaffolder',
        code: 'AUTH_CREDENTIALS_MISSING',
        reason: expect.stringContaining('"none"') as unknown,
        correlationId: expect.stringMatching(UUID) as unknown,
      },
    ]);
    expect(installation.logger.entries.filter(({ level }) => level === 'warn')).toEqual([
      {
        level: 'warn',
        message: `Refused by the plugin scaffolder: ${reason}`,
        meta: {
          code: 'AUTH_AUDIENCE_MISMATCH',
          correlationId: (installation.events[3] as { correlationId?: string }).correlationId,
        },
      },
      {
        level: 'warn',
        message: expect.stringMatching(/^Refused by the plugin scaffolder: /) as unknown,
        meta: {
          code: 'AUTH_CREDENTIALS_MISSING',
          correlationId: (installation.events[4] as { correlationId?: string }).correlationId,
        },
      },
    ]);
  });

  it('is one line, whatever a token says, and not a word of the token', async () => {
    const installation = new Installation({ auth: { externalAccess } });
    const auth = await installation.plugin();
    const evil = 'a\r\n[error] forged\u001b[31m\u2028"}';
    const tokens = [
      installation.pluginToken({ aud: evil }),
      installation.pluginToken({ sub: evil }),
      installation.pluginToken({}, { kid: evil }),
      installation.pluginToken({}, { typ: evil }),
      installation.pluginToken({}, { alg: evil }),
      installation.pluginToken({}, { crit: [evil] }),
      installation.pluginToken({ obo: evil }),
      installation.pluginToken({ aud: 'x'.repeat(10_000) }),
      installation.userToken({ iat: evil }),
      installation.userToken({ canary: 'canary-claim' }, {}, createKey('user-key')),
      `${STATIC_TOKEN}x`,
      evil,
    ];
    const good = [STATIC_TOKEN, installation.userToken({ canary: 'canary-claim' })];
    const errors: string[] = [];
    for (const token of [...tokens, ...good]) {
      const error = await auth.authenticate(token).catch((refusal: unknown) => refusal);
      // Each in a window of its own, so that none is only counted.
      installation.clock.advance({ seconds: 10 });
      if (error instanceof Error)
        errors.push(`${inspect(error)} ${(error as never as { reason: string }).reason}`);
    }
    expect(errors).toHaveLength(tokens.length);
    const lines = installation.logger.lines('warn');
    expect(lines).toHaveLength(tokens.length);
    for (const line of lines) expect(line).toMatch(/^[\x20-\x7e]{1,600}$/);
    const shown = `${installation.traces} ${errors.join(' ')}`;
    for (const secret of [
      STATIC_TOKEN,
      'canary',
      ...[...tokens, ...good].flatMap(it => it.split('.')).filter(part => part.length > 20),
    ]) {
      expect(shown).not.toContain(secret);
    }
  });

  it('has the name of the request, if there is one, which is also what its credentials are refused under', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const options = { correlationId: 'trace-1' };
    const credentials = await auth.authenticate(installation.userToken({ uip: '!' }), options);
    const refusals = [
      await rejectionOf(auth.authenticate('x', options)),
      await rejectionOf(issue(auth, credentials)),
      await rejectionOf(auth.getLimitedUserToken(credentials as never)),
    ];
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({ correlationId: 'trace-1' });
      expect(Object.keys(refusal)).not.toContain('correlationId');
      expect(JSON.stringify(refusal)).toBe(
        '{"name":"AuthenticationError","message":"Illegal token"}',
      );
    }
    expect(installation.events).toEqual([
      expect.objectContaining({ type: 'verified', correlationId: 'trace-1' }),
      ...refusals.map(
        () => expect.objectContaining({ type: 'refused', correlationId: 'trace-1' }) as unknown,
      ),
    ]);
  });

  it('LOG-04: is every refusal for the audit trail, and a few lines for the log', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    for (let attempt = 0; attempt < 1_000; attempt += 1) {
      await rejectionOf(auth.authenticate(installation.pluginToken({ aud: `canary-${attempt}` })));
    }
    expect(installation.events).toHaveLength(1_000);
    expect(installation.logger.lines('warn')).toHaveLength(3);
    await installation.backend.close();
    expect(installation.logger.entries.at(-1)).toEqual({
      level: 'warn',
      message: expect.stringMatching(
        /found "canary-999"; .* \(the last of 997 in 10 s that were counted, not told\)$/,
      ) as unknown,
      meta: {
        code: 'AUTH_AUDIENCE_MISMATCH',
        count: 997,
        correlationId: (installation.events.at(-1) as { correlationId?: string }).correlationId,
      },
    });
    expect(installation.clock.pendingTimers).toBe(0);
  });

  it('LOG-04: is a few lines of key sets too, whatever issuers a caller makes up', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    installation.network.goDown();
    for (let attempt = 0; attempt < 100; attempt += 1) {
      await rejectionOf(auth.authenticate(installation.pluginToken({ sub: `made-up-${attempt}` })));
    }
    await installation.backend.close();
    const ofKeySets = installation.logger
      .lines('warn')
      .filter(line => line.startsWith('The key set at '));
    expect(ofKeySets).toEqual([
      ...[0, 1, 2].map(
        attempt => expect.stringContaining(`/api/made-up-${attempt}/`) as unknown as string,
      ),
      // All that do not exist share ten requests.
      expect.stringMatching(/made-up-9\/.*\(the last of 7 in 10 s that were counted, not told\)$/),
    ]);
  });

  it('LOG-01: is printable, also where a third party names its users as it likes', async () => {
    const handler: ExternalTokenHandler<unknown> = {
      type: 'custom',
      initialize: () => undefined,
      verifyToken: async () => ({ subject: 'x\u001b[31m\u0007é' }),
    };
    const installation = new Installation({
      auth: { externalAccess: [{ type: 'custom', options: {} }] },
      externalTokenHandlers: [handler],
    });
    const auth = await installation.plugin();
    const credentials = await auth.authenticate('any');
    await issue(auth, credentials);
    const principal = 'servicePrincipal{x\\u001b[31m\\u0007\\u00e9}';
    expect(installation.events).toEqual([
      { type: 'verified', pluginId: 'scaffolder', principal },
      { type: 'delegated', pluginId: 'scaffolder', targetPluginId: 'catalog', principal },
    ]);
  });

  it('is of a delegation where a plugin that called itself calls on for a restricted caller', async () => {
    const accessRestrictions = [{ plugin: 'scaffolder' }, { plugin: 'catalog' }];
    const installation = new Installation({
      auth: { externalAccess: [{ ...externalAccess[0]!, accessRestrictions }] },
    });
    const auth = await installation.plugin();
    const first = await auth.authenticate(STATIC_TOKEN);
    const toItself = await auth.getPluginRequestToken({
      onBehalfOf: first,
      targetPluginId: 'scaffolder',
    });
    const credentials = await auth.authenticate(toItself.token);
    await issue(auth, credentials);
    expect(installation.events.at(-1)).toEqual({
      type: 'delegated',
      pluginId: 'scaffolder',
      targetPluginId: 'catalog',
      principal: String(credentials.principal),
    });
    expect(String(credentials.principal)).toMatch(/^servicePrincipal\{plugin:scaffolder,access/);
  });

  it('is nothing for the empty token of a backend whose default policy is off', async () => {
    const installation = new Installation({ auth: { dangerouslyDisableDefaultAuthPolicy: true } });
    const auth = await installation.plugin();
    expect(await issue(auth, await auth.getNoneCredentials())).toBe('');
    expect(installation.events).toEqual([]);
  });

  it('is what user info refuses too, under the plugin that asks', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const credentials = await auth.authenticate(installation.userToken());
    installation.clock.advance({ hours: 2 });
    for (const options of [{ pluginId: 'search' }, {}]) {
      const refusal = await rejectionOf(
        installation.backend.userInfo(options).getUserInfo(credentials),
      );
      expect(installation.events.at(-1)).toEqual({
        type: 'refused',
        pluginId: options.pluginId ?? 'auth',
        code: 'AUTH_TOKEN_EXPIRED',
        reason: refusal.reason,
        correlationId: (refusal as unknown as { correlationId: string }).correlationId,
      });
    }
    expect(installation.logger.lines('warn')).toEqual([
      expect.stringMatching(/^Refused by the plugin search: the token expired/),
      expect.stringMatching(/^Refused by the plugin auth: the token expired/),
    ]);
  });

  it('is counted together for a plugin that asks for the service each time', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const credentials = await auth.authenticate(installation.userToken());
    installation.clock.advance({ hours: 2 });
    for (let i = 0; i < 3; i += 1) {
      await rejectionOf(installation.backend.userInfo().getUserInfo(credentials));
    }
    await installation.backend.close();
    const refusal = 'Refused by the plugin auth: the token expired';
    expect(installation.logger.lines('warn')).toEqual([
      expect.stringMatching(refusal),
      expect.stringMatching(
        `${refusal}.* \\(the last of 2 in 10 s that were counted, not told\\)$`,
      ),
    ]);
  });
});

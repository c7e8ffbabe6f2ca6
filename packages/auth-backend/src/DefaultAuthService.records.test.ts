import { inspect } from 'node:util';
import { issue } from './testing/credentialFixtures';
import { externalAccess, Installation, JANE, STATIC_TOKEN } from './testing/Installation';
import { createKey } from './testing/keyFixtures';
import { rejectionOf } from './testing/refusals';

describe('what is recorded', () => {
  it('is one event for each token that was verified, issued or refused', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    const credentials = await auth.authenticate(installation.userToken());
    await issue(auth, credentials);
    const { reason } = await rejectionOf(auth.authenticate(installation.pluginToken({ aud: 'x' })));
    await rejectionOf(auth.getLimitedUserToken((await auth.getNoneCredentials()) as never));
    expect(installation.events).toEqual([
      { type: 'verified', pluginId: 'scaffolder', principal: `userPrincipal{${JANE}}` },
      {
        type: 'issued',
        pluginId: 'scaffolder',
        targetPluginId: 'catalog',
        principal: `userPrincipal{${JANE}}`,
      },
      { type: 'refused', pluginId: 'scaffolder', code: 'AUTH_AUDIENCE_MISMATCH', reason },
      {
        type: 'refused',
        pluginId: 'scaffolder',
        code: 'AUTH_CREDENTIALS_MISSING',
        reason: expect.stringContaining('"none"') as unknown,
      },
    ]);
    expect(installation.logger.entries.filter(({ level }) => level === 'warn')).toEqual([
      {
        level: 'warn',
        message: `Refused by the plugin scaffolder: ${reason}`,
        meta: { code: 'AUTH_AUDIENCE_MISMATCH' },
      },
      {
        level: 'warn',
        message: expect.stringMatching(/^Refused by the plugin scaffolder: /) as unknown,
        meta: { code: 'AUTH_CREDENTIALS_MISSING' },
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
      if (error instanceof Error)
        errors.push(`${inspect(error)} ${(error as never as { reason: string }).reason}`);
    }
    expect(errors).toHaveLength(tokens.length);
    const { lines } = { lines: installation.logger.lines('warn') };
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
});

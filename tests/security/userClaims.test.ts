import { createUserTokenIssuer } from '@stagepass/auth-backend';
import { Installation } from '../../packages/auth-backend/src/testing/Installation';
import { RecordingLogger } from '../../packages/auth-backend/src/testing/RecordingLogger';
import { rejectionOf } from '../../packages/auth-backend/src/testing/refusals';
import { decode } from '../../packages/auth-backend/src/testing/tokenFixtures';

async function open(options: { omitOwnershipClaim?: boolean } = {}) {
  const logger = new RecordingLogger();
  const clock = new Installation().clock;
  const issuer = await createUserTokenIssuer({
    issuer: 'https://example.com/api/auth',
    logger,
    clock,
    ...options,
  });
  const installation = new Installation({ userTokenIssuer: issuer, clock });
  return { issuer, logger, installation, auth: await installation.plugin() };
}

describe('the claims of a user', () => {
  it('CLM-08 that make the token too long are refused by the issuer, and not told', async () => {
    const { issuer, logger } = await open({ omitOwnershipClaim: false });
    const ent = Array.from({ length: 5_000 }, (_, index) => `group:default/canary-${index}`);
    const claims = { sub: 'user:default/jane', ent, secret: 'canary-custom' };
    const error = await rejectionOf(issuer.issueToken({ claims }));
    expect(error).toMatchObject({
      name: 'InputError',
      message: expect.stringMatching(
        /^The user token would have \d+ characters, expected at most 32768; it has 5000 ownership refs and the custom claims \["secret"\]$/,
      ) as unknown,
    });
    expect(`${error.stack} ${JSON.stringify(error)} ${logger.text}`).not.toContain('canary');
    const { token } = await issuer.issueToken({ claims: { ...claims, ent: ent.slice(0, 500) } });
    expect(token.length).toBeLessThanOrEqual(32_768);
  });

  it('CLM-08 that are kept out of the token have no limit there', async () => {
    const { issuer } = await open();
    const ent = Array.from({ length: 5_000 }, (_, index) => `group:default/team-${index}`);
    const { token } = await issuer.issueToken({ claims: { sub: 'user:default/jane', ent } });
    expect(token.length).toBeLessThan(1_000);
    expect((await issuer.getUserInfo(token))?.claims.ent).toEqual(ent);
  });

  it.each([
    '',
    ' ',
    'jane',
    'default/jane',
    'user:',
    'user:default/',
    'user:default/a/b',
    'user:default/a:b',
    'user:default/a b',
    'user:default/a\nb',
    'user:default/a\r\nb',
    'user:default/a\u0000',
    'user:default/a\u200b',
    'user:default/a\u202eb',
    'user:default/\ud800',
    `user:default/${'a'.repeat(1_024)}`,
  ])('CLM-09 %j is nobody whom the issuer signs in', async sub => {
    const { issuer } = await open();
    expect(await rejectionOf(issuer.issueToken({ claims: { sub } }))).toMatchObject({
      name: 'InputError',
      message: expect.stringMatching(/^Claim sub: expected an entity ref such as /) as unknown,
    });
  });

  // Refs that look alike, or differ in case, are different users: whoever compares them compares the text.
  const alike = [
    'user:default/jane',
    'user:default/Jane',
    'USER:DEFAULT/JANE',
    'user:default/j\u0430ne',
    'user:default/\u212Aate',
    'user:default/kate',
    'user:default/i',
    'user:default/I',
    'user:default/\u0130',
    'user:default/\u0131',
    'user:default/stra\u00dfe',
    'user:default/strasse',
    'user:default/jos\u00e9',
    'user:default/jose\u0301',
  ];

  it('CLM-09 a user is told by the same text everywhere, to the byte', async () => {
    const { issuer, auth, installation } = await open();
    for (const sub of alike) {
      const { token } = await issuer.issueToken({ claims: { sub, note: sub } });
      expect(decode(token).payload.sub).toBe(sub);
      const credentials = await auth.authenticate(token);
      expect(credentials).toMatchObject({ principal: { type: 'user', userEntityRef: sub } });
      const limited = decode((await auth.getLimitedUserToken(credentials as never)).token);
      expect(limited.payload.sub).toBe(sub);
      const onward = await auth.getPluginRequestToken({
        onBehalfOf: credentials,
        targetPluginId: 'scaffolder',
      });
      expect(await auth.authenticate(onward.token)).toMatchObject({
        principal: { userEntityRef: sub, actor: { subject: 'plugin:scaffolder' } },
      });
    }
    // Signing one in leaves the records of those who look alike as they were.
    for (const sub of alike) {
      const { token } = await issuer.issueToken({ claims: { sub, note: sub } });
      expect((await issuer.getUserInfo(token))?.claims).toMatchObject({
        sub,
        note: sub,
        ent: [sub],
      });
    }
    await installation.backend.close();
  });

  it('CLM-09 a verifier returns what the auth plugin signed, and takes nothing for something like it', async () => {
    const installation = new Installation();
    const auth = await installation.plugin();
    for (const sub of [...alike, 'user:default/a\nb', 'jane', ' user:default/jane ']) {
      const token = installation.userToken({ sub });
      expect(await auth.authenticate(token)).toMatchObject({ principal: { userEntityRef: sub } });
    }
    expect(installation.logger.text.split(/[\r\n]/)).toHaveLength(1);
  });
});

import { Installation } from '../../packages/auth-backend/src/testing/Installation';
import { createKey, type KeyFixture } from '../../packages/auth-backend/src/testing/keyFixtures';
import { forge } from '../../packages/auth-backend/src/testing/tokenFixtures';

/** A third party that publishes these keys, beside a good one, `good`. */
export async function openThirdParty(keys: readonly unknown[], algorithm?: string | string[]) {
  const good = createKey('good', 'ES256');
  const options = {
    url: 'https://idp.example/keys',
    issuer: 'https://idp.example',
    audience: 'backend',
    ...(algorithm && { algorithm }),
  };
  const installation = new Installation({ auth: { externalAccess: [{ type: 'jwks', options }] } });
  installation.network.publish(...keys, good.jwk);
  const auth = await installation.plugin();
  const sign = (header: object, { signing }: KeyFixture = good, claims: object = {}) =>
    forge(
      header,
      {
        iss: 'https://idp.example',
        aud: 'backend',
        sub: 'ci',
        iat: installation.now,
        exp: installation.now + 60,
        ...claims,
      },
      signing,
    );
  const accepts = async (header: object, key?: KeyFixture) => {
    const credentials = await auth.authenticate(sign(header, key));
    expect(credentials).toMatchObject({ principal: { type: 'service', subject: 'external:ci' } });
  };
  /** The warning about the keys, and that the good one beside them is used all the same. */
  const expectIgnored = async (problem: string) => {
    await accepts({ alg: 'ES256', kid: 'good' });
    expect(installation.logger.lines('warn')).toEqual([
      `Ignoring a key of the key set at "https://idp.example/keys": it ${problem}`,
    ]);
  };
  return { installation, auth, sign, accepts, expectIgnored };
}

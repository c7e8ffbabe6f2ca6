import type {
  AuthService,
  BackstageCredentials,
  BackstageUserPrincipal,
} from '@stagepass/auth-node';
import fc from 'fast-check';
import { issue } from '../../packages/auth-backend/src/testing/credentialFixtures';
import { Installation } from '../../packages/auth-backend/src/testing/Installation';
import { createKey, type KeyFixture } from '../../packages/auth-backend/src/testing/keyFixtures';
import { decode, forge, segment } from '../../packages/auth-backend/src/testing/tokenFixtures';
import { explore, seed } from '../differential/engine';

/** A user token as somebody may have signed it, and the moments at which it is used. */
interface Input {
  readonly sub: string;
  /** When it was issued and when it ends, in seconds from the start. */
  readonly issued: number;
  readonly life: number;
  readonly nbf: number | undefined;
  readonly signer: 'own' | 'foreign' | 'plugin';
  readonly kid: string | undefined;
  readonly proof: 'own' | 'of another' | 'of another key' | 'changed' | 'none';
  /** At one of these characters the limited token is another. */
  readonly flipAt: number | undefined;
  readonly more: object;
  /** Seconds that pass before each use. */
  readonly pauses: readonly number[];
}

const rarely = <TValue>(usual: TValue, ...others: TValue[]) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, fc.constantFrom(usual, ...others));

const inputs: fc.Arbitrary<Input> = fc.record({
  sub: rarely(
    'user:default/jane',
    'user:default/joe',
    'User:X/Y',
    'jane',
    'plugin:catalog',
    ' ',
    '',
  ),
  issued: fc.integer({ min: -400, max: 70 }),
  life: fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 100, max: 4_000 }) },
    fc.integer({ min: -5, max: 100 }),
  ),
  nbf: fc.option(fc.integer({ min: -100, max: 90 }), { nil: undefined, freq: 5 }),
  signer: rarely<Input['signer']>('own', 'foreign', 'plugin'),
  kid: rarely<string | undefined>('user-key', 'catalog-key', 'nobodys', undefined),
  proof: rarely<Input['proof']>('own', 'of another', 'of another key', 'changed', 'none'),
  flipAt: fc.option(fc.nat(400), { nil: undefined, freq: 5 }),
  more: rarely<object>({}, { ent: ['group:default/a'] }, { aud: 'x' }, { obo: 'x' }, { uip2: 1 }),
  pauses: fc.array(fc.integer({ min: 0, max: 1_500 }), { minLength: 1, maxLength: 4 }),
});

const foreignKey = createKey('user-key');

/** Writes the full token, and of it the limited one as a holder does, with none of our code. */
function write(it: Installation, input: Input): { full: string; limited: string } {
  const { sub, issued, life, nbf, signer, kid, proof, flipAt, more } = input;
  const iat = it.now + issued;
  const claims = { sub, iat, exp: iat + life };
  const key = { own: it.userKey, foreign: foreignKey, plugin: it.catalogKey }[signer];
  const head = { alg: 'ES256', ...(kid !== undefined && { kid }) };
  const limit = (of: object, by: KeyFixture) =>
    forge({ typ: 'vnd.backstage.limited-user', ...head }, of, by.signing);
  const proofs = {
    own: () => limit(claims, key),
    'of another': () => limit({ ...claims, sub: 'user:default/admin' }, key),
    'of another key': () => limit(claims, foreignKey),
    changed: () => `${limit(claims, key).slice(0, -2)}AA`,
    none: () => 'x.y.AA',
  };
  const uip = proofs[proof]().split('.')[2]!;
  const full = forge(
    { typ: 'vnd.backstage.user', ...head },
    { ...claims, ...(nbf !== undefined && { nbf: it.now + nbf }), uip, ...more },
    key.signing,
  );
  const text = `${segment({ typ: 'vnd.backstage.limited-user', ...head })}.${segment(claims)}.${uip}`;
  return { full, limited: flipAt === undefined ? text : flip(text, flipAt % text.length) };
}

function flip(text: string, at: number): string {
  return `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
}

type Users = BackstageCredentials<BackstageUserPrincipal>;

/** Whom a token proves, until when, and what can be had with that. */
async function use(auth: AuthService, token: string, allowLimitedAccess: boolean) {
  let credentials: Users;
  try {
    credentials = (await auth.authenticate(token, { allowLimitedAccess })) as Users;
  } catch {
    return undefined;
  }
  const { principal, expiresAt } = credentials;
  const limited = await auth.getLimitedUserToken(credentials).then(
    it => ({ token: it.token, expiresAt: it.expiresAt }),
    () => undefined,
  );
  const onward = limited && decode(await issue(auth, credentials, 'search')).payload;
  return { principal: { ...principal }, expiresAt, limited, onward };
}

describe(`A limited user token (STAGEPASS_SEED=${seed})`, () => {
  const seen = { both: 0, fullOnly: 0, neither: 0 };

  it('OBO-09 TYP-02 is accepted for less than the full one, never for more, and for the same user', async () => {
    await explore('limited tokens', inputs, 400, async input => {
      const it = new Installation();
      const auth = await it.plugin();
      const { full, limited } = write(it, input);
      for (const pause of input.pauses) {
        it.clock.advance({ seconds: pause });
        const ofLimited = await use(auth, limited, true);
        const ofFull = await use(auth, full, true);
        // Full access is had with the full token alone, and that does not depend on what is allowed beside it.
        expect(await use(auth, limited, false)).toBeUndefined();
        expect((await use(auth, full, false))?.principal).toEqual(ofFull?.principal);
        if (!ofLimited) {
          seen[ofFull ? 'fullOnly' : 'neither'] += 1;
          continue;
        }
        // A time before which the full token is not valid yet is not in the limited one.
        const isEarly = input.nbf !== undefined && input.nbf > 60;
        if (isEarly && !ofFull) continue;
        expect(ofFull).toEqual(ofLimited);
        expect(ofLimited.limited?.token).toBe(limited);
        seen.both += 1;
      }
    });
  });

  it('has been tried where both are accepted, the full one alone, and neither', () => {
    expect(seen.both).toBeGreaterThan(60);
    expect(seen.fullOnly).toBeGreaterThan(40);
    expect(seen.neither).toBeGreaterThan(40);
  });
});

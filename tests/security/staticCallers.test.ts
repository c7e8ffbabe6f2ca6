import crypto from 'node:crypto';
import { Installation } from '../../packages/auth-backend/src/testing/Installation';
import { bearer, World } from '../refusals/World';

const TOKEN = 'canary-Static.token_0';
const entryOf = (token: string, subject: string) => ({
  type: 'static',
  options: { token, subject },
});

/** Everything that is nearly the token. */
const nearly = [
  ...[...TOKEN].flatMap((character, at) =>
    ['x', 'X', ' ', '\u0000', character.toUpperCase(), character.toLowerCase()]
      .filter(other => other !== character)
      .map(other => TOKEN.slice(0, at) + other + TOKEN.slice(at + 1)),
  ),
  ...[...TOKEN].map((_, at) => TOKEN.slice(0, at)),
  ...[...TOKEN].map((_, at) => TOKEN.slice(at + 1)),
  ...[...TOKEN].map((_, at) => TOKEN.slice(0, at) + TOKEN.slice(at + 1)),
  `${TOKEN}0`,
  `${TOKEN} `,
  ` ${TOKEN}`,
  `${TOKEN}\n`,
  `${TOKEN}\u0000`,
  `${TOKEN}${TOKEN}`,
  TOKEN.toUpperCase(),
  TOKEN.toLowerCase(),
  TOKEN.replace('a', '\u0430'),
  `${TOKEN}\u0301`,
  [...TOKEN].reverse().join(''),
  Buffer.from(TOKEN).toString('base64'),
  encodeURIComponent(TOKEN).replaceAll('.', '%2E'),
  crypto.createHash('sha256').update(TOKEN).digest('base64'),
];

describe('EXT-01 a static token', () => {
  it('EXT-01 is accepted to the letter, and nothing that is nearly it', async () => {
    const it = new Installation({ auth: { externalAccess: [entryOf(TOKEN, 'ci')] } });
    const auth = await it.plugin();
    await expect(auth.authenticate(TOKEN)).resolves.toMatchObject({ principal: { subject: 'ci' } });
    for (const token of nearly) {
      await expect(auth.authenticate(token)).rejects.toMatchObject({
        name: 'AuthenticationError',
        code: 'AUTH_TOKEN_MALFORMED',
        message: 'Illegal token',
      });
    }
    expect(nearly.length).toBeGreaterThan(100);
    expect(it.network.requests).toEqual([]);
  });

  it('EXT-01 is never the empty one: that cannot be configured, nor sent', async () => {
    expect(() => new Installation({ auth: { externalAccess: [entryOf('', 'ci')] } })).toThrow(
      expect.objectContaining({ code: 'AUTH_CONFIG_INVALID' }),
    );
    const world = await new World({ externalAccess: [entryOf(TOKEN, 'ci')] }).start();
    for (const token of ['', ' ', 'undefined', 'null']) {
      expect(await world.send({ headers: bearer(token) })).toMatchObject({ status: 401 });
    }
    expect(await world.send({ headers: bearer(TOKEN) })).toMatchObject({ status: 200 });
    await world.stop();
  });

  it('EXT-01 is found by one digest, however many there are, and what is longer than all of them by none', async () => {
    const hashes = jest.spyOn(crypto, 'hash');
    const comparisons = jest.spyOn(crypto, 'timingSafeEqual');
    for (const callers of [1, 100, 3_000]) {
      const externalAccess = Array.from({ length: callers }, (_, index) =>
        entryOf(`${TOKEN}${index}`, `ci-${index}`),
      );
      const auth = await new Installation({ auth: { externalAccess } }).plugin();
      for (const [token, good] of [
        [`${TOKEN}0`, true],
        [`${TOKEN}${callers - 1}`, true],
        [TOKEN, false],
        ['x', false],
        [`${TOKEN}00`, false],
        ['x'.repeat(30_000), false],
      ] as const) {
        hashes.mockClear();
        await auth.authenticate(token).then(
          () => expect(good).toBe(true),
          () => expect(good).toBe(false),
        );
        const isTooLong = token.length > `${TOKEN}${callers - 1}`.length;
        expect(hashes.mock.calls).toEqual(isTooLong ? [] : [['sha256', token, 'base64']]);
      }
    }
    expect(comparisons).not.toHaveBeenCalled();
    jest.restoreAllMocks();
  });
});

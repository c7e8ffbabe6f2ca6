import { PublishedKey } from '../keys/PublishedKey';
import { createKey } from '../testing/keyFixtures';
import { confirm, isStanding } from './Evidence';

const now = 1_800_000_000;
const good = { iat: now - 10, validFrom: now - 10, exp: now + 10 };
const { verification } = createKey('k');

/** A key of which its holder says whether it has it, and its issuer what it publishes. */
function keyOf(holds: boolean, issuer: 'publishes it' | 'publishes another' | 'is away') {
  const asked: string[] = [];
  const key: PublishedKey = new PublishedKey({
    key: verification,
    kid: 'k',
    holder: { atHand: kid => (holds && kid === 'k' ? verification : undefined) },
    async find() {
      asked.push('issuer');
      if (issuer === 'is away') throw new Error('down');
      const other = createKey('k');
      return issuer === 'publishes it' ? key : other.published;
    },
  });
  return { key, asked };
}

describe('evidence', () => {
  it.each([
    [good, true],
    [{ ...good, exp: now }, false],
    [{ ...good, exp: now + 0.001 }, true],
    [{ ...good, validFrom: now + 60 }, true],
    [{ ...good, validFrom: now + 60.001 }, false],
  ])('stands or falls with the times %j', async (times, stands) => {
    const { key, asked } = keyOf(true, 'publishes it');
    const first = { key, times: good };
    for (const evidence of [[{ key, times }], [first, { key, times }], [{ key, times }, first]]) {
      expect(isStanding(evidence, now)).toBe(stands);
      expect(await confirm(evidence, now)).toBe(stands);
    }
    expect(asked).toEqual([]);
  });

  it.each([
    ['publishes it', true],
    ['publishes another', false],
    ['is away', false],
  ] as const)(
    'whose key must be asked for is as good as the issuer, who %s',
    async (issuer, stands) => {
      const known = keyOf(true, 'publishes it');
      const { key, asked } = keyOf(false, issuer);
      const evidence = [
        { key: known.key, times: good },
        { key, times: good },
      ];
      expect(isStanding(evidence, now)).toBe(false);
      expect(asked).toEqual([]);
      expect(await confirm(evidence, now)).toBe(stands);
      expect(asked).toEqual(['issuer']);
    },
  );

  it('of none stands', async () => {
    expect(isStanding([], now)).toBe(true);
    expect(await confirm([], now)).toBe(true);
  });
});

import { createKey } from '../testing/keyFixtures';
import { PublishedKeys } from './PublishedKeys';

const one = createKey('one');
const two = createKey('two');
/** Can be read, but its point is on no curve. */
const pointless = { ...one.jwk, kid: 'pointless', x: 'A'.repeat(43) };
const nobody = () => {
  throw new Error('expected usable entries');
};

describe('PublishedKeys', () => {
  it('JWK-08 imports a key when it is first asked for, and none of 1,000 others', () => {
    const others = Array.from({ length: 1_000 }, (_, index) => ({ ...pointless, kid: `${index}` }));
    const keys = new PublishedKeys([...others, two.jwk]);
    expect(keys.find('three', nobody)).toBeUndefined();
    const found = keys.find('two', nobody);
    expect(found?.publicKey.equals(two.publicKey)).toBe(true);
    expect(keys.find('two', nobody)).toBe(found);
    // Those that have been imported in vain would no longer be named.
    expect(keys.someIds).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    expect(keys.find('0', () => {})).toBeUndefined();
    expect(keys.someIds).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']);
  });

  it('keeps what was imported for as long as it is published without a change', () => {
    const first = new PublishedKeys([one.jwk, pointless]);
    const found = first.find('one', nobody);
    first.find('pointless', () => {});
    const entries = [{ ...pointless }, { ...one.jwk, use: 'sig' }];
    const second = new PublishedKeys(entries, undefined, first);
    expect(second.find('one', nobody)).toBe(found);
    expect(second.someIds).toEqual(['one']);
    const told: string[] = [];
    second.find('pointless', (_, problem) => told.push(problem));
    expect(told).toEqual(['is not a valid public key']);
    const changed = createKey('one');
    const third = new PublishedKeys([changed.jwk], undefined, second);
    expect(third.find('one', nobody)?.publicKey.equals(changed.publicKey)).toBe(true);
    expect(new PublishedKeys([], undefined, third).find('one', nobody)).toBeUndefined();
  });

  it('says what cannot even be read, and which of several have no name', () => {
    const { kid: _one, ...nameless } = one.jwk;
    const { kid: _two, ...another } = two.jwk;
    const thirdParty = { algorithms: ['ES256'] as const };
    const single = new PublishedKeys([nameless], thirdParty);
    expect(single).toMatchObject({ problems: [], isEmpty: false });
    expect(single.find(undefined, nobody)?.publicKey.equals(one.publicKey)).toBe(true);
    const several = new PublishedKeys([nameless, another], thirdParty);
    expect(several).toMatchObject({ problems: ['has no kid, like another'], isEmpty: true });
    expect(several.find(undefined, nobody)).toBeUndefined();
  });

  it('tells of an entry that is no key when that is met, and finds the others', () => {
    const keys = new PublishedKeys([null, pointless, one.jwk, { ...pointless, kid: 'one' }]);
    expect(keys.problems).toEqual(['is not an object']);
    const told: string[] = [];
    const tell = (_: object, problem: string) => void told.push(problem);
    expect(keys.find('pointless', tell)).toBeUndefined();
    expect(keys.find('one', tell)?.publicKey.equals(one.publicKey)).toBe(true);
    expect(told).toEqual(['is not a valid public key', 'is not a valid public key']);
    expect(keys.someIds).toEqual(['one']);
  });

  it('finds the last of several keys of one id', () => {
    const keys = new PublishedKeys([one.jwk, { ...two.jwk, kid: 'one' }]);
    expect(keys.find('one', nobody)?.publicKey.equals(two.publicKey)).toBe(true);
  });

  it('without an id finds the only key, beside what is none', () => {
    const tell = () => {};
    expect(new PublishedKeys([pointless, one.jwk]).find(undefined, tell)?.kid).toBe('one');
    expect(new PublishedKeys([one.jwk, two.jwk]).find(undefined, tell)).toBeUndefined();
    expect(new PublishedKeys([pointless]).find(undefined, tell)).toBeUndefined();
    expect(new PublishedKeys([]).find(undefined, tell)).toBeUndefined();
  });

  it('names a few ids, however many there are', () => {
    const all = Array.from({ length: 1_000 }, (_, index) => ({ ...one.jwk, kid: `${index}` }));
    expect(new PublishedKeys(all).someIds).toEqual([
      '0',
      '1',
      '2',
      '3',
      '4',
      '5',
      '6',
      '7',
      '8',
      '9',
    ]);
  });
});

import * as crypto from 'node:crypto';
import { createKey } from '../testing/keyFixtures';
import { PublishedKeys } from './PublishedKeys';

jest.mock('node:crypto', () => {
  const real: typeof crypto = jest.requireActual('node:crypto');
  return { ...real, createPublicKey: jest.fn(real.createPublicKey) };
});

const imports = jest.mocked(crypto.createPublicKey);
const one = createKey('one');
const two = createKey('two');
/** Can be read, but its point is on no curve. */
const pointless = { ...one.jwk, kid: 'pointless', x: 'A'.repeat(43) };
const nobody = () => {
  throw new Error('expected usable entries');
};

beforeEach(() => imports.mockClear());

describe('PublishedKeys', () => {
  it('JWK-08 imports a key when it is first asked for, and none of 1,000 others', () => {
    const others = Array.from({ length: 1_000 }, (_, index) => ({ ...one.jwk, kid: `${index}` }));
    const keys = new PublishedKeys([...others, two.jwk]);
    expect(keys.find('three', nobody)).toBeUndefined();
    expect(imports).not.toHaveBeenCalled();
    const found = keys.find('two', nobody);
    expect(found?.publicKey.equals(two.publicKey)).toBe(true);
    expect(keys.find('two', nobody)).toBe(found);
    expect(imports).toHaveBeenCalledTimes(1);
  });

  it('keeps what was imported for as long as it is published without a change', () => {
    const first = new PublishedKeys([one.jwk, pointless]);
    const found = first.find('one', nobody);
    first.find('pointless', () => {});
    const second = new PublishedKeys(
      [{ ...pointless }, { ...one.jwk, use: 'sig' }],
      undefined,
      first,
    );
    expect(second.find('one', nobody)).toBe(found);
    second.find('pointless', () => {});
    expect(imports).toHaveBeenCalledTimes(2);
    const changed = createKey('one');
    const third = new PublishedKeys([changed.jwk], undefined, second);
    expect(third.find('one', nobody)?.publicKey.equals(changed.publicKey)).toBe(true);
    expect(new PublishedKeys([], undefined, third).find('one', nobody)).toBeUndefined();
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

import { setImmediate } from 'node:timers/promises';
import { CryptoTurn } from './CryptoTurn';

describe('CryptoTurn', () => {
  it('gives four signatures to each turn of the event loop', async () => {
    const turn = new CryptoTurn();
    const take = (times: number) => Array.from({ length: times }, () => turn.take());
    for (let turns = 0; turns < 3; turns += 1) {
      expect(take(6)).toEqual([true, true, true, true, false, false]);
      // A promise is no new turn.
      await Promise.resolve();
      expect(turn.take()).toBe(false);
      await setImmediate();
    }
  });

  it('begins anew where a turn has taken less', async () => {
    const turn = new CryptoTurn();
    expect([turn.take(), turn.take(), turn.take()]).toEqual([true, true, true]);
    await setImmediate();
    expect(Array.from({ length: 5 }, () => turn.take())).toEqual([true, true, true, true, false]);
  });
});

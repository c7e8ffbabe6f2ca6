import fc from 'fast-check';
import { compare, explore, type Outcome, outcomeOf, type Rule } from './engine';

const gave = (text: string): Outcome => ({ gave: text });
const refused = (code?: string, name = 'AuthenticationError'): Outcome => ({
  name,
  message: 'no',
  ...(code !== undefined && { code }),
});

/** Stands for a row: ours refuses what is longer than three characters. */
const rule: Rule<string> = {
  id: 'token-length',
  ours: 'refused',
  as: ['TOO_LONG'],
  covers: input => input.length > 3,
};

describe('The comparison', () => {
  it('takes equal answers for agreement', () => {
    const outcomes = { theirs: gave('a'), ours: gave('a') };
    expect(compare([rule], 'abc', outcomes)).toEqual({ is: 'accepted', detail: '' });
  });

  it('takes refusals of one class for agreement, and tells the code', () => {
    const outcomes = { theirs: refused(), ours: refused('SOME_CODE') };
    expect(compare([rule], 'abc', outcomes)).toEqual({ is: 'refused', detail: 'SOME_CODE' });
  });

  it('tells which row says why ours refuses', () => {
    const outcomes = { theirs: gave('a'), ours: refused('TOO_LONG') };
    expect(compare([rule], 'abcd', outcomes)).toEqual({ is: 'documented', detail: 'token-length' });
  });

  it('tells which row says why ours refuses what theirs believes and does not allow', () => {
    const outcomes = { theirs: refused(undefined, 'NotAllowedError'), ours: refused('TOO_LONG') };
    expect(compare([rule], 'abcd', outcomes)).toEqual({ is: 'documented', detail: 'token-length' });
  });

  it.each([
    ['ours alone refuses, and no row covers it', 'abc', gave('a'), refused('TOO_LONG')],
    [
      'ours alone refuses, with another code than the row says',
      'abcd',
      gave('a'),
      refused('OTHER'),
    ],
    ['ours alone accepts', 'abcd', refused(), gave('a')],
    ['both accept, and give different answers', 'abc', gave('a'), gave('b')],
    [
      'both refuse, with errors of different names',
      'abc',
      refused(),
      refused('X', 'NotAllowedError'),
    ],
  ])('fails when %s', (_, input, theirs, ours) => {
    expect(() => compare([rule], input, { theirs, ours })).toThrow('Undocumented');
  });

  it('fails when a row says that ours refuses, and it does not', () => {
    expect(() => compare([rule], 'abcd', { theirs: gave('a'), ours: gave('a') })).toThrow(
      'A row says that ours refuses this, and it does not',
    );
  });
});

describe('A failing input', () => {
  it('is made as small as can be, and reported', async () => {
    const run = explore('shrinking', fc.string({ maxLength: 50 }), 500, async input => {
      const outcomes = {
        theirs: await outcomeOf(() => input),
        ours: await outcomeOf(() => input.slice(0, 5)),
      };
      compare([], input, outcomes);
    });
    await expect(run).rejects.toThrow(/Counterexample: \["......"\]\nShrunk \d+ time/);
  });
});

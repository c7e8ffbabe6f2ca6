import { RecentNames } from './RecentNames';

const letters = (names: RecentNames) => [...'abcdefgh'].filter(name => names.has(name)).join('');

describe('RecentNames', () => {
  it.each([
    ['', ''],
    ['a', 'a'],
    ['abcd', 'abcd'],
    ['aabbaabb', 'ab'],
    ['abcde', 'cde'],
    ['abcdef', 'cdef'],
    // What is noted again stays.
    ['abcaca', 'abc'],
    ['abcadaea', 'ade'],
  ])('of four at most, after %j has %j', (noted, kept) => {
    const names = new RecentNames(4);
    for (const name of noted) names.add(name);
    expect(letters(names)).toBe(kept);
  });

  it('is copied with all of them, and is apart from then on', () => {
    const names = new RecentNames(4);
    for (const name of 'abc') names.add(name);
    const copy = names.copy();
    copy.add('d');
    copy.add('e');
    expect([letters(names), letters(copy)]).toEqual(['abc', 'cde']);
  });
});

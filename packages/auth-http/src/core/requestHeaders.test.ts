import { headerValues } from './requestHeaders';

describe('headerValues', () => {
  it.each<[string, Parameters<typeof headerValues>[0], string[]]>([
    ['nothing', { headers: {}, rawHeaders: [] }, []],
    ['what Node keeps', { headers: { a: '1' }, rawHeaders: ['A', '1'] }, ['1']],
    [
      'each that was received, where Node keeps the first',
      { headers: { a: '1' }, rawHeaders: ['A', '1', 'b', 'a', 'a', '2'] },
      ['1', '2'],
    ],
    [
      'what somebody has put in place of the one received',
      { headers: { a: 'new' }, rawHeaders: ['A', 'old'] },
      ['new'],
    ],
    ['nothing, where somebody has taken it away', { headers: {}, rawHeaders: ['A', 'old'] }, []],
    [
      'no other header of as many letters, no value for a name, and no name without a value',
      { headers: { a: '1' }, rawHeaders: ['b', 'a', 'A', '1', 'a'] },
      ['1'],
    ],
    ['a list', { headers: { a: ['1', '2'] } }, ['1', '2']],
    ['Fetch headers', { headers: new Headers({ a: '1' }) }, ['1']],
    ['Fetch headers without it', { headers: new Headers() }, []],
  ])('reads %s', (_, request, values) => {
    expect(headerValues(request, 'a')).toEqual(values);
  });
});

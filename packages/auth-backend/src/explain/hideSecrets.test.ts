import { createHiding } from './hideSecrets';
import { readPaste } from './readPaste';

const token = `eyJhbGciOiJub25lIn0.${'p'.repeat(20)}.${'s'.repeat(20)}`;

it.each([
  [token, '(a token, hidden)'],
  [`it says "${token}", twice: ${token}`, 'it says "(a token, hidden)", twice: (a token, hidden)'],
  [`prefix${token}`, '(a token, hidden)'],
  [`some.thing.before.${token}.after`, '(a token, hidden)'],
  ['www.example.com/they.are.here', 'www.example.com/they.are.here'],
  ['eyJhbGciOiJub25lIn0.short.short', 'eyJhbGciOiJub25lIn0.short.short'],
])('what looks like a token is taken out: %s', (text, shown) => {
  expect(createHiding([])({ [text]: [text] })).toEqual({ [shown]: [shown] });
});

it('secrets are taken out, the longer first, and not what is too short to be one', () => {
  const hide = createHiding(['s3cret-one', 's3cret-one-and-more', 'short']);
  expect(hide('s3cret-one-and-more, s3cret-one, short')).toBe('(hidden), (hidden), short');
});

// Quadratic time would be hours for these.
it.each([
  ['ey', 1_500_000],
  ['ey-', 1_000_000],
  ['eyaaaaaaaa.', 300_000],
  [' ', 3_000_000],
  ['\n', 3_000_000],
])('a long text of %j is read once', (part, count) => {
  const text = `a${part.repeat(count)}b`;
  expect(createHiding([])(text)).toHaveLength(part === 'eyaaaaaaaa.' ? 17 : text.length);
  expect(readPaste(text).token).toBeDefined();
  expect(readPaste(`Bearer ${text}`).token).toBeDefined();
});

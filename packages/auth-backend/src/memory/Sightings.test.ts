import { randomBytes } from 'node:crypto';
import { Sightings } from './Sightings';

const tokens = (count: number) =>
  Array.from({ length: count }, () => `header.payload.${randomBytes(64).toString('base64url')}`);

describe('Sightings', () => {
  it('tell a token that comes again, however it was put together', () => {
    const sightings = new Sightings();
    const [token] = tokens(1) as [string];
    expect(sightings.isRepeated(token)).toBe(false);
    expect(sightings.isRepeated(token)).toBe(true);
    expect(sightings.isRepeated([...token].join(''))).toBe(true);
  });

  it('take hardly any token for another one', () => {
    const sightings = new Sightings();
    expect(tokens(5_000).filter(token => sightings.isRepeated(token)).length).toBeLessThan(10);
  });

  it('still know most of those that came since a few thousand others', () => {
    const sightings = new Sightings();
    const first = tokens(1_000);
    for (const token of [...first, ...tokens(4_000)]) sightings.isRepeated(token);
    expect(first.filter(token => sightings.isRepeated(token)).length).toBeGreaterThan(500);
  });

  it.each(['a', 'ab', '\u{1f511}x', 'x'.repeat(40_000)])('take any text: %#', text => {
    const sightings = new Sightings();
    sightings.isRepeated(text);
    expect(sightings.isRepeated(text)).toBe(true);
  });
});

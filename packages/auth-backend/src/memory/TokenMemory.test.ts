import { MemoryBudget, noMemory, readMemoryLimits } from './MemoryBudget';
import { copyToken, TokenMemory } from './TokenMemory';

/** Returns memories with so many entries in all, of tokens that are small beside what may be remembered. */
function setUp(maxEntries = 1_000, maxBytes = 1024 * 1024) {
  const budget = new MemoryBudget({ maxEntries, maxBytes });
  return { budget, memory: new TokenMemory<string>(budget) };
}

const tokenOf = (index: number) => `header.payload.${String(index).padStart(86, '0')}`;

describe('TokenMemory', () => {
  it('recalls what it was told of a token that is written the same', () => {
    const { memory } = setUp();
    memory.remember('a.b.c', 'one');
    memory.remember(tokenOf(1), 'two');
    expect(memory.recall(['a', 'b', 'c'].join('.'))).toBe('one');
    expect(memory.recall(`${tokenOf(1)}`)).toBe('two');
    expect(memory.recall('a.b.d')).toBeUndefined();
    expect(memory.recall('')).toBeUndefined();
  });

  it('takes no token for another that ends the same', () => {
    const { memory } = setUp();
    const end = 'x'.repeat(86);
    memory.remember(`a.b.${end}`, 'one');
    for (const other of [`a.c.${end}`, `.${end}`, end, ` a.b.${end}`, `a.b.${end} `]) {
      expect(memory.recall(other)).toBeUndefined();
    }
    memory.remember(`a.c.${end}`, 'two');
    expect(memory.recall(`a.c.${end}`)).toBe('two');
    expect(memory.recall(`a.b.${end}`)).toBeUndefined();
  });

  it('keeps apart what it was told about different things', () => {
    const { memory } = setUp();
    memory.remember('token', 'of a', { about: 'a' });
    memory.remember('token', 'of b', { about: 'b' });
    expect(memory.recall('token', 'a')).toBe('of a');
    expect(memory.recall('token', 'b')).toBe('of b');
    expect(memory.recall('token')).toBeUndefined();
    // What is found by the same name is not the same.
    memory.remember('b token', 'of a b', { about: 'a' });
    expect(memory.recall('token', 'a b')).toBeUndefined();
  });

  it('forgets what no longer holds, and nothing newer', () => {
    const { budget, memory } = setUp();
    memory.remember('token', 'old');
    memory.remember('token', 'new');
    memory.forget('token', 'old');
    expect(memory.recall('token')).toBe('new');
    memory.forget('other', 'new');
    expect(memory.recall('token')).toBe('new');
    memory.forget('token', 'new');
    expect(memory.recall('token')).toBeUndefined();
    // What has grown old, too.
    memory.remember('token', 'one');
    for (let index = 0; index < 501; index += 1) {
      new TokenMemory<string>(budget).remember(tokenOf(index), '');
    }
    memory.forget('token', 'one');
    expect(memory.recall('token')).toBeUndefined();
  });

  it('takes no text for another whose characters are longer', () => {
    const { memory } = setUp();
    memory.remember(copyToken('tökén\u0142'), 'one');
    expect(memory.recall('tökénB')).toBeUndefined();
    memory.remember(copyToken('tökénB'), 'two');
    expect(memory.recall('tökén\u0142')).toBe('one');
  });

  it.each(['token', 'tökén', 'tökén\u0142', '\u{1f511}', 'x'.repeat(32_768)])(
    'keeps a copy that is the same: %#',
    text => {
      expect(copyToken(text)).toBe(text);
    },
  );

  it('belongs to whoever has it', () => {
    const { budget, memory } = setUp();
    memory.remember('token', 'one');
    expect(new TokenMemory<string>(budget).recall('token')).toBeUndefined();
  });
});

describe('MemoryBudget', () => {
  it('holds no more entries than it may, of all memories together, and those of late', () => {
    const { budget, memory } = setUp(100);
    const other = new TokenMemory<string>(budget);
    for (let index = 0; index < 1_000; index += 1) {
      (index % 2 ? memory : other).remember(tokenOf(index), `${index}`);
    }
    const recalled = Array.from({ length: 1_000 }, (_, index) =>
      (index % 2 ? memory : other).recall(tokenOf(index)),
    ).filter(value => value !== undefined);
    expect(recalled.length).toBeGreaterThanOrEqual(50);
    expect(recalled.length).toBeLessThanOrEqual(100);
    expect(recalled.at(-1)).toBe('999');
  });

  it('keeps what is used', () => {
    const { memory } = setUp(100);
    memory.remember('used', 'one');
    for (let index = 0; index < 1_000; index += 1) {
      memory.remember(tokenOf(index), `${index}`);
      expect(memory.recall('used')).toBe('one');
    }
    for (let index = 0; index < 101; index += 1) memory.remember(tokenOf(index), `${index}`);
    expect(memory.recall('used')).toBeUndefined();
  });

  it.each([
    ['tokens', 10_000, 0],
    ['values', 10, 10_000],
  ])('holds no more bytes of %s than it may', (_, length, valueBytes) => {
    const { memory } = setUp(1_000, 200_000);
    for (let index = 0; index < 100; index += 1) {
      const token = String(index).padStart(length, 'x');
      memory.remember(token, `${index}`, { valueBytes });
    }
    const recalled = Array.from({ length: 100 }, (_unused, index) =>
      memory.recall(String(index).padStart(length, 'x')),
    ).filter(value => value !== undefined);
    expect(recalled.length).toBeGreaterThanOrEqual(9);
    expect(recalled.length).toBeLessThanOrEqual(19);
  });

  it('has no room for what is larger than half of it, and loses nothing for it', () => {
    const { memory } = setUp(1_000, 20_000);
    memory.remember('small', 'one');
    memory.remember('x'.repeat(10_000), 'large');
    expect(memory.recall('x'.repeat(10_000))).toBeUndefined();
    expect(memory.recall('small')).toBe('one');
  });

  it.each([
    [noMemory],
    [{ maxEntries: 1_000, maxBytes: 0 }],
    [{ maxEntries: 1, maxBytes: 10_000 }],
  ])('remembers nothing with %j', limits => {
    const memory = new TokenMemory<string>(new MemoryBudget(limits));
    memory.remember('token', 'one');
    expect(memory.recall('token')).toBeUndefined();
  });
});

describe('readMemoryLimits', () => {
  it.each([
    [undefined, { maxEntries: 10_000, maxBytes: 16_777_216 }],
    [{}, { maxEntries: 10_000, maxBytes: 16_777_216 }],
    [{ maxEntries: 5 }, { maxEntries: 5, maxBytes: 16_777_216 }],
    [{ maxBytes: 0 }, { maxEntries: 10_000, maxBytes: 0 }],
    [false as const, noMemory],
  ])('reads %j', (cache, limits) => {
    expect(readMemoryLimits(cache)).toEqual(limits);
  });

  it.each([
    [{ maxEntries: -1 }, 'cache.maxEntries: expected a whole number of at least 0, found -1'],
    [{ maxEntries: 1.5 }, 'cache.maxEntries: expected a whole number of at least 0, found 1.5'],
    [{ maxBytes: NaN }, 'cache.maxBytes: expected a whole number of at least 0, found null'],
    [
      { maxBytes: '1' as unknown as number },
      'cache.maxBytes: expected a whole number of at least 0, found "1"',
    ],
  ])('refuses %j', (cache, message) => {
    expect(() => readMemoryLimits(cache)).toThrow(
      expect.objectContaining({ code: 'AUTH_CONFIG_INVALID', message }),
    );
  });
});

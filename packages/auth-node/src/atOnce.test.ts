import { atOnce, declareAtOnce, isPending } from './atOnce';

class Memory {
  readonly #known = new Map([['one', 1]]);

  async find(name: string): Promise<number> {
    return this.#find(name);
  }

  #find(name: string): number | Promise<number> {
    if (name === 'none') throw new Error('there is none');
    return this.#known.get(name) ?? Promise.resolve(2);
  }

  static {
    declareAtOnce(this.prototype.find, function (this: Memory, ...wanted) {
      return this.#find(...wanted);
    });
  }
}

const findNow = (memory: Memory, name: string) => atOnce(memory.find).call(memory, name);

describe('what a method does at once', () => {
  it('is a value where nobody has to be waited for, a promise elsewhere, and throws', async () => {
    const memory = new Memory();
    expect(findNow(memory, 'one')).toBe(1);
    const found = findNow(memory, 'two');
    expect(isPending(found)).toBe(true);
    expect(await found).toBe(2);
    expect(() => findNow(memory, 'none')).toThrow('there is none');
    expect(await memory.find('one')).toBe(1);
    await expect(memory.find('none')).rejects.toThrow('there is none');
  });

  it.each<[string, (memory: Memory) => Memory]>([
    ['replaced', memory => Object.assign(memory, { find: async () => 3 })],
    [
      'of an object that wraps it',
      memory => ({ find: (name: string) => memory.find(name) }) as Memory,
    ],
    ['bound', memory => ({ find: memory.find.bind(memory) }) as Memory],
    [
      'of a subclass',
      () =>
        new (class extends Memory {
          override find = async () => 3;
        })(),
    ],
  ])('is not done where the method is %s', async (_, change) => {
    const changed = change(new Memory());
    expect(atOnce(changed.find)).toBe(changed.find);
    expect(isPending(findNow(changed, 'one'))).toBe(true);
  });

  it('is not to be seen among the members of the method', () => {
    expect(Object.keys(new Memory().find)).toEqual([]);
    expect(JSON.stringify({ ...new Memory().find })).toBe('{}');
  });
});

describe('isPending', () => {
  it.each<[string, unknown, boolean]>([
    ['a promise', Promise.resolve(), true],
    ['what can be waited for', { then: () => {} }, true],
    ['nothing', undefined, false],
    ['null', null, false],
    ['a text', 'then', false],
    ['claims that have a then', { then: 'text' }, false],
  ])('tells of %s', (_, value, expected) => {
    expect(isPending(value)).toBe(expected);
  });
});

import assert from 'node:assert/strict';
import { mockFunction } from './mockFunction';

const greet = () => mockFunction<[name: string], string>('greet');
const fetchName = () => mockFunction<[id: number], Promise<string>>('fetchName');

describe('mockFunction, in the eyes of expect', () => {
  it('is a mock that was called with what it was called with', () => {
    const mock = greet().mockImplementation(name => `hello ${name}`);
    expect(mock).not.toHaveBeenCalled();
    mock('a');
    mock('b');
    expect(mock).toHaveBeenCalledTimes(2);
    expect(mock).toHaveBeenCalledWith('a');
    expect(mock).toHaveBeenNthCalledWith(1, 'a');
    expect(mock).toHaveBeenLastCalledWith('b');
    expect(mock).not.toHaveBeenCalledWith('c');
    expect(mock).toHaveReturnedWith('hello a');
    expect(mock).toHaveLastReturnedWith('hello b');
    expect(mock).toHaveReturnedTimes(2);
  });

  it('fails with its name in the message', () => {
    expect(() => expect(greet()).toHaveBeenCalledWith('a')).toThrow(/greet/);
    expect(() => expect(greet().mockName('hail')).toHaveBeenCalled()).toThrow(/hail/);
  });

  it('matches asymmetrically, and awaits', async () => {
    const mock = fetchName().mockResolvedValue('jane');
    await expect(mock(1)).resolves.toBe('jane');
    expect(mock).toHaveBeenCalledWith(expect.any(Number));
  });

  it('has no successful return after it threw', () => {
    const mock = greet().mockImplementation(() => {
      throw new Error('no');
    });
    expect(() => mock('a')).toThrow('no');
    expect(mock).toHaveBeenCalled();
    expect(mock).not.toHaveReturned();
  });
});

describe('mockFunction', () => {
  it('returns undefined until it is told otherwise', () => {
    expect(greet()('a')).toBeUndefined();
    expect(greet().getMockImplementation()).toBeUndefined();
  });

  it('remembers arguments, context and result of each call', () => {
    const mock = greet().mockReturnValueOnce('first');
    const self = { mock };
    mock('a');
    self.mock('b');
    expect(mock.mock).toMatchObject({
      calls: [['a'], ['b']],
      lastCall: ['b'],
      contexts: [undefined, self],
      instances: [undefined, self],
      results: [
        { type: 'return', value: 'first' },
        { type: 'return', value: undefined },
      ],
    });
  });

  it('gives the implementation the arguments and the context', () => {
    const mock = mockFunction<[number], unknown>('f').mockImplementation(function (
      this: unknown,
      number,
    ) {
      return [this, number];
    });
    const self = { mock };
    expect(self.mock(1)).toEqual([self, 1]);
  });

  it('orders the calls of several functions', () => {
    const [one, other] = [greet(), greet()];
    one('a');
    other('b');
    one('c');
    const [first, third] = one.mock.invocationCallOrder as [number, number];
    const [second] = other.mock.invocationCallOrder as [number];
    expect(first).toBeLessThan(second);
    expect(second).toBeLessThan(third);
  });

  it('does what it is told once, in the order it was told, then what it is told always', () => {
    const mock = greet()
      .mockReturnValue('always')
      .mockReturnValueOnce('one')
      .mockImplementationOnce(name => `two ${name}`);
    expect([mock('a'), mock('b'), mock('c'), mock('d')]).toEqual([
      'one',
      'two b',
      'always',
      'always',
    ]);
  });

  it('resolves and rejects as it is told', async () => {
    const mock = fetchName()
      .mockRejectedValue(new Error('always'))
      .mockResolvedValueOnce('one')
      .mockRejectedValueOnce(new Error('two'));
    await expect(mock(1)).resolves.toBe('one');
    await expect(mock(2)).rejects.toThrow('two');
    await expect(mock(3)).rejects.toThrow('always');
    expect(mock.mock.results.map(({ type }) => type)).toEqual(['return', 'return', 'return']);
    expect(mock.mock.settledResults).toEqual([
      { type: 'fulfilled', value: 'one' },
      { type: 'rejected', value: new Error('two') },
      { type: 'rejected', value: new Error('always') },
    ]);
  });

  it('does something else while a callback runs', () => {
    const mock = greet().mockReturnValue('always').mockReturnValueOnce('once');
    mock.withImplementation(
      name => `hello ${name}`,
      () => {
        expect(mock('a')).toBe('hello a');
        mock.mockReturnValueOnce('inside');
      },
    );
    expect([mock('b'), mock('c')]).toEqual(['once', 'always']);
    expect(mock).toHaveBeenCalledTimes(3);
  });

  it('does something else until the promise of the callback settles', async () => {
    const mock = fetchName().mockResolvedValue('always');
    const during = mock.withImplementation(
      async () => 'during',
      async () => {
        await Promise.resolve();
        expect(await mock(1)).toBe('during');
      },
    );
    await expect(mock(2)).resolves.toBe('during');
    await expect(during).resolves.toBeUndefined();
    await expect(mock(3)).resolves.toBe('always');
  });

  it('does what it did before, though the callback fails', async () => {
    const mock = greet().mockReturnValue('always');
    const fail = () => {
      throw new Error('no');
    };
    expect(() => mock.withImplementation(() => 'during', fail)).toThrow('no');
    expect(mock('a')).toBe('always');
    const failLater = async () => fail();
    await expect(mock.withImplementation(() => 'during', failLater)).rejects.toThrow('no');
    expect(mock('b')).toBe('always');
  });

  it('returns what it is called on', () => {
    const self = { mock: mockFunction<[], unknown>('f').mockReturnThis() };
    expect(self.mock()).toBe(self);
  });

  it('knows which calls have not ended', async () => {
    const mock = fetchName();
    mock.mockImplementationOnce(async () => {
      expect(mock.mock.results).toEqual([{ type: 'incomplete' }]);
      return 'done';
    });
    const call = mock(1);
    expect(mock.mock.settledResults).toEqual([{ type: 'incomplete' }]);
    await call;
    expect(mock.mock.settledResults).toEqual([{ type: 'fulfilled', value: 'done' }]);
  });

  it('passes on and remembers what is thrown, undefined too', () => {
    const mock = greet().mockImplementation(() => {
      throw undefined;
    });
    let thrown: unknown = 'nothing';
    try {
      mock('a');
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeUndefined();
    expect(mock.mock.results).toEqual([{ type: 'throw', value: undefined }]);
    expect(mock.mock.settledResults).toEqual([{ type: 'rejected', value: undefined }]);
  });

  it('forgets calls, and implementations only when reset or restored', () => {
    const mock = greet().mockReturnValue('always').mockReturnValueOnce('once');
    const before = mock.mock;
    mock('a');
    expect(mock.mockClear()).toBe(mock);
    expect(mock.mock.calls).toEqual([]);
    expect(mock.mock.lastCall).toBeUndefined();
    expect(before.calls).toEqual([['a']]);
    expect(mock('b')).toBe('always');

    mock.mockReturnValueOnce('once');
    expect(mock.mockReset()).toBe(mock);
    expect(mock.mock.calls).toEqual([]);
    expect(mock('c')).toBeUndefined();

    mock.mockReturnValue('always');
    mock.mockRestore();
    expect(mock('d')).toBeUndefined();
  });
});

describe('mockFunction, as node:test has it', () => {
  it('counts its calls, and says of each what it was about', () => {
    const failure = new Error('no');
    const mock = greet().mockReturnValueOnce('hello');
    mock.mockImplementationOnce(() => {
      throw failure;
    });
    const self = { mock };
    mock('a');
    expect(() => self.mock('b')).toThrow(failure);
    expect(mock.mock.callCount()).toBe(2);
    const [first, second] = mock.mock.calls as unknown as Array<Record<string, unknown>>;
    expect([first?.arguments, first?.result, first?.error]).toEqual([['a'], 'hello', undefined]);
    expect([second?.arguments, second?.result, second?.error]).toEqual([['b'], undefined, failure]);
    expect([first?.this, second?.this]).toEqual([undefined, self]);
    mock.mock.resetCalls();
    expect(mock.mock.callCount()).toBe(0);
    expect(mock).not.toHaveBeenCalled();
  });

  it('shows nothing of that to what compares calls', () => {
    const mock = greet();
    mock('a');
    assert.deepEqual(mock.mock.calls, [['a']]);
    expect(mock.mock.calls).toStrictEqual([['a']]);
    expect(Object.keys(mock.mock)).toEqual([
      'calls',
      'contexts',
      'instances',
      'invocationCallOrder',
      'results',
      'settledResults',
      'lastCall',
    ]);
  });
});

describe('mockFunction with something to do from the beginning', () => {
  it.each(['mockReset', 'mockRestore'] as const)('goes back to that: %s', method => {
    const mock = mockFunction('greet', (name: string) => `hello ${name}`);
    expect(mock('a')).toBe('hello a');
    mock.mockReturnValue('always').mockReturnValueOnce('once');
    expect([mock('a'), mock('a')]).toEqual(['once', 'always']);
    mock[method]();
    expect(mock).not.toHaveBeenCalled();
    expect(mock('b')).toBe('hello b');
  });
});

import { createHook } from 'node:async_hooks';
import { mockFunction } from './mockFunction';

const greet = () => mockFunction<[name: string], string>('greet');

describe('what a mockFunction remembers', () => {
  it('is among its members', () => {
    expect(Object.keys(greet())).toContain('mock');
  });

  it('says of a plain value that it is there at once', () => {
    const mock = greet().mockReturnValue('hello');
    mock('a');
    expect(mock.mock.settledResults).toEqual([{ type: 'fulfilled', value: 'hello' }]);
  });

  it('has a name where asynchronous resources are watched', () => {
    const types: string[] = [];
    const hook = createHook({ init: (_, type) => void types.push(type) }).enable();
    try {
      greet()('a');
    } finally {
      hook.disable();
    }
    expect(types).toContain('mockFunction');
  });
});

import { readFile } from 'node:fs/promises';
import { createContext, runInContext } from 'node:vm';
import { asError } from './asError';

describe('asError', () => {
  it.each([
    ['an error', new Error('x')],
    ['an object', { name: 'AuthenticationError' }],
    ['an object without a prototype', Object.create(null)],
    ['an error of another realm', runInContext('new Error("x")', createContext())],
    ['a function', () => 1],
  ])('leaves %s as it is', (_, reason) => {
    expect(asError(reason)).toBe(reason);
  });

  it('leaves what Node rejects with as it is, under test runners with a realm of their own too', async () => {
    const reason = await readFile(__dirname).catch((error: unknown) => error);
    expect(asError(reason)).toBe(reason);
  });

  it.each([
    [undefined, 'undefined'],
    [null, 'object'],
    ['route', 'string'],
    [0, 'number'],
  ])('makes an error of %j', (reason, type) => {
    expect(asError(reason)).toEqual(
      new Error(`A handler was rejected with a ${type} instead of an error`),
    );
  });
});

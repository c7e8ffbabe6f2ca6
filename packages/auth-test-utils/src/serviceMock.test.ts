import { mockServices } from './mockServices';
import { serviceMock, serviceSpy } from './serviceMock';

interface Greeter {
  greet(name: string): string;
  leave?(): string;
}

describe('serviceMock', () => {
  it('makes a mock function of every method, named after the service', () => {
    const mock = serviceMock<Greeter>('greeter', ['greet', 'leave'])();
    expect(Object.keys(mock)).toEqual(['greet', 'leave']);
    expect(mock.greet.getMockName()).toBe('greeter.greet');
    expect(mock.greet('jane')).toBeUndefined();
    expect(mock.greet.mock.calls).toEqual([['jane']]);
  });
});

describe('serviceSpy', () => {
  it('makes of every method a mock function that does what the fake does', () => {
    const createFake = (greeting: string): Greeter => ({ greet: name => `${greeting} ${name}` });
    const spy = serviceSpy('greeter', ['greet', 'leave'], createFake)('hello');
    expect(Object.keys(spy)).toEqual(['greet', 'leave']);
    expect(spy.greet.getMockName()).toBe('greeter.greet');
    expect(spy.greet('jane')).toBe('hello jane');
    expect(spy.greet.mock.calls).toEqual([['jane']]);
    expect(spy.leave?.()).toBeUndefined();
  });
});

describe('mockServices', () => {
  it.each(['auth', 'httpAuth', 'userInfo', 'discovery'] as const)(
    'has mock and spy of %s',
    name => {
      const [mock, spy] = [mockServices[name].mock(), mockServices[name].spy()];
      expect(Object.keys(spy)).toEqual(Object.keys(mock));
      expect(Object.keys(mock)).not.toEqual([]);
    },
  );
});

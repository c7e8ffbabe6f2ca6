import { RequestName } from './correlationId';
import { VerificationOptions } from './VerificationOptions';

function setUp() {
  const makeUp = jest.fn(() => 'made-up');
  return { makeUp, name: new RequestName({ headers: {} }, makeUp) };
}

describe('what an auth service is told with a token', () => {
  it('has a correlation id that is made up when it is read, and the same wherever it is', () => {
    const { name, makeUp } = setUp();
    const full = new VerificationOptions(name);
    const limited = VerificationOptions.withLimitedAccess(name);
    expect(makeUp).not.toHaveBeenCalled();
    expect([full.correlationId, limited.correlationId, name.correlationId]).toEqual([
      'made-up',
      'made-up',
      'made-up',
    ]);
    expect(makeUp).toHaveBeenCalledTimes(1);
  });

  it('survives being copied, as decorators of an auth service do', () => {
    const { name } = setUp();
    const full = new VerificationOptions(name);
    const limited = VerificationOptions.withLimitedAccess(name);
    expect({ ...full }).toEqual({ correlationId: 'made-up' });
    expect({ ...limited }).toEqual({ correlationId: 'made-up', allowLimitedAccess: true });
    expect(Object.assign({}, limited)).toEqual({ ...limited });
    expect(JSON.parse(JSON.stringify(limited))).toEqual({ ...limited });
  });

  it.each<[string, (options: VerificationOptions) => VerificationOptions]>([
    ['inherits from it', options => Object.create(options) as VerificationOptions],
    ['stands before it', options => new Proxy(options, {})],
  ])('has no correlation id, and no error either, in what %s', (_, derive) => {
    const derived = derive(VerificationOptions.withLimitedAccess(setUp().name));
    expect(derived.allowLimitedAccess).toBe(true);
    expect(derived.correlationId).toBeUndefined();
  });

  it('says nothing of limited access unless it is allowed', () => {
    expect('allowLimitedAccess' in new VerificationOptions(setUp().name)).toBe(false);
  });
});

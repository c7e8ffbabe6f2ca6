import { correlationIdOf, RequestName } from './correlationId';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const good = `00-${TRACE}-${SPAN}-01`;
const random = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

describe('the name of a request', () => {
  it.each([
    ['of the first version', good],
    ['of a parent whose id begins with a zero', `00-${TRACE}-0${SPAN.slice(1)}-01`],
    ['of a later version, which may say more', `cc-${TRACE}-${SPAN}-01-what-the-future-brings`],
  ])('is the id of its trace, with a traceparent %s', (_, traceparent) => {
    const headers = { traceparent, 'x-request-id': 'other' };
    expect(correlationIdOf({ headers })).toBe(TRACE);
    expect(correlationIdOf({ headers: new Headers(headers) })).toBe(TRACE);
  });

  it('is the id of its trace, also where that ends in a zero', () => {
    const trace = `${TRACE.slice(1)}0`;
    expect(correlationIdOf({ headers: { traceparent: `00-${trace}-${SPAN}-01` } })).toBe(trace);
  });

  it.each([
    ['nothing', ''],
    ['a trace id of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['a parent id of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['the forbidden version', `ff-${TRACE}-${SPAN}-01`],
    ['capital letters', good.toUpperCase()],
    ['a trace id too short', `00-${TRACE.slice(1)}-${SPAN}-01`],
    ['something behind it', `${good}x`],
    ['two of them', `${good}, ${good}`],
    ['a new line', `${good}\n`],
  ])('is what x-request-id says, where the traceparent has %s', (_, traceparent) => {
    expect(correlationIdOf({ headers: { traceparent, 'x-request-id': 'r-1' } })).toBe('r-1');
  });

  it.each(['a', 'A.b_c:d+e/f=g@h-1', 'x'.repeat(128)])('may be %s', id => {
    expect(correlationIdOf({ headers: { 'x-request-id': id } })).toBe(id);
  });

  it.each<[string | undefined]>([
    [undefined],
    [''],
    ['x'.repeat(129)],
    ['a b'],
    ['a\n[error] forged'],
    ['a\u001b[31m'],
    ['"'],
    ['é'],
    ['a, b'],
  ])('is random, and new each time, instead of %j', id => {
    const headers = { 'x-request-id': id };
    const ids = [correlationIdOf({ headers }), correlationIdOf({ headers })];
    for (const found of ids) expect(found).toMatch(random);
    expect(new Set(ids).size).toBe(2);
  });

  it('is random where a header comes twice', () => {
    const rawHeaders = ['X-Request-Id', 'a', 'x-request-id', 'b'];
    expect(correlationIdOf({ headers: { 'x-request-id': 'a' }, rawHeaders })).toMatch(random);
  });
});

describe('a name that is made up', () => {
  it('is made up once, and no sooner than somebody asks', () => {
    const makeUp = jest.fn(() => 'made-up');
    const name = new RequestName({ headers: {} }, makeUp);
    expect(makeUp).not.toHaveBeenCalled();
    expect([name.correlationId, name.correlationId]).toEqual(['made-up', 'made-up']);
    expect(makeUp).toHaveBeenCalledTimes(1);
  });

  it('is not needed where the request has one, which it keeps whatever becomes of the request', () => {
    const makeUp = jest.fn(() => 'made-up');
    const headers: Record<string, string> = { 'x-request-id': 'r-1' };
    const name = new RequestName({ headers }, makeUp);
    headers['x-request-id'] = 'r-2';
    expect(name.correlationId).toBe('r-1');
    expect(makeUp).not.toHaveBeenCalled();
  });
});

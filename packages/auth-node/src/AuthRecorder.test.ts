import { TestClock } from '@stagepass/auth-test-utils';
import type { AuthEvent } from './AuthEvent';
import type { AuthMetrics } from './AuthMetrics';
import { AuthRecorder } from './AuthRecorder';
import { type AuthError, createAuthError } from './errors';

function setUp(onAuthEvent?: (event: AuthEvent) => void) {
  const clock = new TestClock();
  const lines: unknown[][] = [];
  const counts: unknown[][] = [];
  const events: AuthEvent[] = [];
  const silent = () => {};
  const logger = {
    error: (...line: unknown[]) => void lines.push(['error', ...line]),
    warn: (...line: unknown[]) => void lines.push(['warn', ...line]),
    info: silent,
    debug: silent,
    child: () => logger,
  };
  const metrics: AuthMetrics = {
    count: (event, ...rest) => void counts.push([event.type, ...rest]),
    countKeySetFetch: silent,
  };
  const recorder = new AuthRecorder({
    pluginId: 'catalog',
    logger,
    clock,
    metrics,
    onAuthEvent: onAuthEvent ?? (event => void events.push(event)),
  });
  return { clock, lines, counts, events, recorder };
}

const refusalOf = (reason = 'the reason') => createAuthError('AUTH_KEY_UNKNOWN', reason);

describe('a refusal', () => {
  it('is told to log, audit and metrics under one id, which the error carries hidden', () => {
    const { clock, recorder, lines, counts, events } = setUp();
    const work = { operation: 'verification', since: clock.monotonic() } as const;
    clock.advance(250);
    const error = refusalOf();
    const refusal = recorder.refused(error, {
      correlationId: 'request-1',
      tokenKind: 'plugin',
      work,
    });
    expect(refusal).toBe(error);
    expect(refusal).toMatchObject({ correlationId: 'request-1' });
    expect(Object.keys(error)).not.toContain('correlationId');
    expect(lines).toEqual([
      [
        'warn',
        'Refused by the plugin catalog: the reason',
        { code: 'AUTH_KEY_UNKNOWN', correlationId: 'request-1' },
      ],
    ]);
    expect(events).toEqual([
      {
        type: 'refused',
        pluginId: 'catalog',
        code: 'AUTH_KEY_UNKNOWN',
        reason: 'the reason',
        correlationId: 'request-1',
      },
    ]);
    expect(counts).toEqual([['refused', 'plugin', { operation: 'verification', seconds: 0.25 }]]);
  });

  it('has an id of its own where the caller gives none', () => {
    const { recorder } = setUp();
    // What looks up a header that is not there may find null.
    const ids = [undefined, undefined, null as never].map(
      correlationId =>
        (recorder.refused(refusalOf(), { correlationId }) as AuthError).correlationId,
    );
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
  });

  it('that several calls wait for is one for each of them', () => {
    const { recorder, events } = setUp();
    const shared = createAuthError('AUTH_KEYS_UNAVAILABLE', 'down', { message: 'Not now' });
    const first = recorder.refused(shared, { correlationId: 'a' });
    const second = recorder.refused(shared, { correlationId: 'b' });
    expect(first).toMatchObject({ correlationId: 'a' });
    expect(second).toMatchObject({
      name: 'ServiceUnavailableError',
      code: 'AUTH_KEYS_UNAVAILABLE',
      message: 'Not now',
      reason: 'down',
      correlationId: 'b',
    });
    expect(events).toHaveLength(2);
  });

  it.each([new Error('a fault'), 'a text', undefined])('is not what %p is', fault => {
    const { recorder, lines, events } = setUp();
    expect(recorder.refused(fault)).toBe(fault);
    expect([...lines, ...events]).toEqual([]);
  });

  it('LOG-02: of somebody else’s making says nothing of what it was made with', () => {
    const { recorder, lines, events } = setUp();
    const foreign = Object.assign(new Error('canary'), {
      code: 'AUTH_TOKEN_EXPIRED',
      cause: new Error('canary'),
    });
    const refusal = recorder.refused(foreign) as AuthError;
    expect(refusal).toMatchObject({ message: 'Illegal token', reason: 'no reason was given' });
    expect(`${refusal.stack} ${JSON.stringify([lines, events])}`).not.toContain('canary');
  });

  it('LOG-01: is one line, as long as may be', () => {
    const { recorder, lines } = setUp();
    const foreign = Object.assign(new Error('x'), {
      code: 'AUTH_KEY_UNKNOWN',
      reason: `a\r\nb\u2028${'x'.repeat(10_000)}`,
    });
    recorder.refused(foreign, { correlationId: `a\n${'x'.repeat(1_000)}` });
    const [[, message, meta]] = lines as [[string, string, { correlationId: string }]];
    expect(message).toMatch(/^Refused by the plugin catalog: a\\u000d\\u000ab\\u2028x+\.\.\.$/);
    expect(message.length).toBeLessThan(1_600);
    expect(meta.correlationId).toMatch(/^a\\u000ax+\.\.\.$/);
    expect(meta.correlationId).toHaveLength(128);
  });

  it('LOG-01: has a printable id, whatever it is called', () => {
    const { recorder, events } = setUp();
    recorder.verified('somebody', { correlationId: 'a\nb' });
    recorder.refused(refusalOf(), { correlationId: 7 as never });
    expect(events).toEqual([
      expect.objectContaining({ correlationId: 'a\\u000ab' }),
      expect.objectContaining({ correlationId: '7' }),
    ]);
  });
});

describe('an event', () => {
  it('says what happened, with the principal in printable form', () => {
    const { recorder, events } = setUp();
    const principal = { toString: () => 'userPrincipal{user:default/a\nb}' };
    const printed = 'userPrincipal{user:default/a\\u000ab}';
    const expiresAt = new Date(0);
    recorder.verified(principal, { correlationId: 'request-1' });
    recorder.verified(principal);
    recorder.issued(principal, { type: 'delegated', targetPluginId: 'search' });
    recorder.cookieIssued(principal, expiresAt);
    const common = { pluginId: 'catalog', principal: printed };
    expect(events).toEqual([
      { type: 'verified', ...common, correlationId: 'request-1' },
      { type: 'verified', ...common },
      { type: 'delegated', ...common, targetPluginId: 'search' },
      { type: 'cookie-issued', ...common, expiresAt },
    ]);
  });

  it('does not cut off a principal of the longest subject that there is', () => {
    const { recorder, events } = setUp();
    const principal = `userPrincipal{${'x'.repeat(1_024)},actor={servicePrincipal{plugin:${'y'.repeat(128)}}}}`;
    recorder.verified(principal);
    recorder.verified('z'.repeat(10_000));
    expect(events[0]).toMatchObject({ principal });
    expect(events[1]).toMatchObject({ principal: `${'z'.repeat(2_497)}...` });
  });

  it.each([
    ['a text', 'down', '"down"'],
    ['nothing', undefined, '"undefined"'],
    ['what has no text', Object.create(null), '"an object"'],
  ])('is told of a hook that throws %s, and changes nothing', async (_, thrown, told) => {
    const { recorder, lines } = setUp(() => {
      throw thrown;
    });
    recorder.verified('nonePrincipal');
    await new Promise(resolve => setImmediate(resolve));
    expect(lines).toEqual([['error', `onAuthEvent failed: ${told}`, {}]]);
  });

  it('LOG-04: that the hook fails on is counted, not told over and over', async () => {
    const { clock, recorder, lines } = setUp(() => {
      throw new Error('audit\ndown');
    });
    for (let time = 0; time < 5; time += 1) recorder.verified('somebody');
    await new Promise(resolve => setImmediate(resolve));
    clock.advance(10_000);
    expect(lines).toEqual([
      ['error', 'onAuthEvent failed: "Error: audit\\ndown"', {}],
      [
        'error',
        'onAuthEvent failed: "Error: audit\\ndown" (the last of 4 in 10 s that were counted, not told)',
        { count: 4 },
      ],
    ]);
  });
});

describe('a fault', () => {
  it('is told, and counted where it repeats itself', () => {
    const { clock, recorder, lines } = setUp();
    for (let time = 0; time < 3; time += 1) recorder.failed('cookie', 'too long');
    clock.advance(10_000);
    expect(lines).toEqual([
      ['error', 'too long', {}],
      ['error', 'too long (the last of 2 in 10 s that were counted, not told)', { count: 2 }],
    ]);
  });
});

describe('close', () => {
  it('tells what was counted', () => {
    const { clock, recorder, lines } = setUp();
    recorder.refused(refusalOf());
    recorder.refused(refusalOf());
    recorder.close();
    expect(lines).toHaveLength(2);
    expect(clock.pendingTimers).toBe(0);
  });
});

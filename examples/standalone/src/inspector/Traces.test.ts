import { limits, Traces } from './Traces';

const call = { to: 'catalog', method: 'GET', path: '/api/catalog', carrier: 'nothing' } as const;
const jane = 'user:default/jane';

function refusal(correlationId: string, pluginId = 'catalog') {
  const why = { code: 'AUTH_TOKEN_EXPIRED', reason: 'too late' } as const;
  return { type: 'refused', pluginId, correlationId, ...why } as const;
}

it('gives a trace to the user who opened it, and to nobody else', () => {
  const traces = new Traces();
  const id = traces.open(jane);
  traces.addHop(id, call);
  expect(traces.hopsOf(id, jane)).toEqual([{ ...call, from: 'browser', events: [] }]);
  expect(traces.hopsOf(id, 'user:default/john')).toBeUndefined();
  expect(traces.hopsOf('another', jane)).toBeUndefined();
});

it('keeps nothing of calls for which nobody opened a trace', () => {
  const traces = new Traces();
  expect(traces.addHop('a-name-of-my-own', call)).toBeUndefined();
  traces.addEvent(refusal('a-name-of-my-own'));
  expect(traces.hopsOf('a-name-of-my-own', jane)).toBeUndefined();
});

it('gives every trace another id, which nobody can guess', () => {
  const traces = new Traces();
  const ids = Array.from({ length: 20 }, () => traces.open(jane));
  expect(new Set(ids).size).toBe(20);
  expect(ids).toEqual(ids.map(() => expect.stringMatching(/^[0-9a-f-]{36}$/)));
});

it('drops the oldest trace where there would be too many', () => {
  const traces = new Traces();
  const ids = Array.from({ length: limits.traces + 2 }, () => traces.open(jane));
  const kept = ids.filter(id => traces.hopsOf(id, jane));
  expect(kept).toEqual(ids.slice(2));
});

it('keeps no more hops and events than it may', () => {
  const traces = new Traces();
  const id = traces.open(jane);
  for (let i = 0; i <= limits.hops; i += 1) traces.addHop(id, call);
  for (let i = 0; i <= limits.events; i += 1) traces.addEvent(refusal(id));
  const hops = traces.hopsOf(id, jane) ?? [];
  expect(hops.length).toBe(limits.hops);
  expect(hops.map(({ events }) => events.length)).toEqual([
    ...Array.from({ length: limits.hops - 1 }, () => 0),
    limits.events,
  ]);
});

it('takes the last hop without an answer for the caller of the next', () => {
  const traces = new Traces();
  const id = traces.open(jane);
  traces.addHop(id, { ...call, to: 'my-plugin' });
  const second = traces.addHop(id, call);
  if (second) second.answer = { status: 200 };
  traces.addHop(id, call);
  expect(traces.hopsOf(id, jane)?.map(({ from, to }) => `${from} ${to}`)).toEqual([
    'browser my-plugin',
    'my-plugin catalog',
    'my-plugin catalog',
  ]);
});

it('adds events to the hop at their plugin, and only those that name their call', () => {
  const traces = new Traces();
  const id = traces.open(jane);
  traces.addHop(id, { ...call, to: 'my-plugin' });
  traces.addHop(id, call);
  traces.addEvent(refusal(id, 'my-plugin'));
  traces.addEvent(refusal(id, 'inspector'));
  traces.addEvent({ type: 'verified', pluginId: 'catalog', principal: 'nonePrincipal' });
  traces.addEvent({ type: 'issued', pluginId: 'catalog', targetPluginId: 'a', principal: 'b' });
  expect(traces.hopsOf(id, jane)?.map(({ events }) => events)).toEqual([
    [refusal(id, 'my-plugin')],
    [],
  ]);
});

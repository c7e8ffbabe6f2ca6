import { journeys } from './journeys';
import { describeStep } from './transcript';

const step = { ...journeys[0]!.steps[0]!, name: 'jane calls' };
const principal = {
  type: 'user',
  userEntityRef: 'user:default/jane',
  actor: { type: 'service', subject: 'plugin:my-plugin' },
};

it('tells what was done, what came of it, and whom each plugin saw', () => {
  const action = { do: 'send', request: { path: '/api/catalog/whoami' } } as const;
  const found = { status: 200, headers: {}, body: { hops: [{ plugin: 'catalog', principal }] } };
  expect(describeStep({ journey: '', step, action, expected: found, found }, [])).toEqual([
    '  ok      jane calls',
    '          GET /api/catalog/whoami -> 200',
    '          catalog saw user:default/jane through plugin:my-plugin',
  ]);
});

it('tells every difference of a step that failed', () => {
  const action = { do: 'start' } as const;
  const found = { exitCode: 1, stdout: [], stderr: ['a.yaml: wrong'] };
  const differences = [{ path: 'exitCode', expected: '0', found: '1' }];
  expect(describeStep({ journey: '', step, action, expected: null, found }, differences)).toEqual([
    '  FAILED  jane calls',
    '          start -> exit code 1: a.yaml: wrong',
    '          at exitCode',
    '            expected 0',
    '            found    1',
  ]);
});

it('tells why there was no outcome', () => {
  const found = { failure: 'Error: connect ECONNREFUSED' };
  const action = { do: 'restart' } as const;
  expect(describeStep({ journey: '', step, action, expected: null, found }, [])[1]).toBe(
    '          stop and start -> Error: connect ECONNREFUSED',
  );
});

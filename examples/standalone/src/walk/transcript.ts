import type { Difference } from './compare';
import type { Found } from './expected';
import type { Action, Taken } from './step';

/** Writes a step for the transcript: what was done, what came of it, and all that is not as expected. */
export function describeStep(taken: Taken, differences: Difference[]): string[] {
  const verdict = differences.length === 0 ? 'ok    ' : 'FAILED';
  return [
    `  ${verdict}  ${taken.step.name}`,
    `          ${describeAction(taken.action)} -> ${describeOutcome(taken)}`,
    ...describeHops(taken.found),
    ...differences.flatMap(({ path, expected, found }) => [
      `          at ${path || 'the outcome'}`,
      `            expected ${expected}`,
      `            found    ${found}`,
    ]),
  ];
}

function describeAction(action: Action): string {
  switch (action.do) {
    case 'send':
      return `${action.request.method ?? 'GET'} ${action.request.path}`;
    case 'restart':
      return 'stop and start';
    case 'start':
      return 'start';
  }
}

function describeOutcome({ action, found }: Taken): string {
  const { status, exitCode, stderr, failure } = found as { [name: string]: Found | undefined };
  if (failure !== undefined) return String(failure);
  if (action.do === 'send') return String(status);
  return [`exit code ${exitCode}`, ...(Array.isArray(stderr) ? stderr : [])].join(': ');
}

/** Whom each plugin saw calling. */
function describeHops(found: Found): string[] {
  const { body } = found as { body?: { hops?: Array<{ plugin: string; principal: Principal }> } };
  const hops = body?.hops;
  if (!Array.isArray(hops)) return [];
  return hops.map(({ plugin, principal }) => `          ${plugin} saw ${name(principal)}`);
}

interface Principal {
  userEntityRef?: string;
  subject?: string;
  actor?: Principal;
}

function name({ userEntityRef, subject, actor }: Principal): string {
  return `${userEntityRef ?? subject}${actor ? ` through ${name(actor)}` : ''}`;
}

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Failure, main, root } from './run.mjs';

const ID = /\b[A-Z]{3,5}-\d{2}\b/g;

/** What a P2 case says in its last column where it is left as it is. */
const WRITTEN_DOWN = /^Not held: /;

const { values } = parseArgs({
  options: {
    page: { type: 'string', default: join(root, 'docs/security-cases.md') },
    report: {
      type: 'string',
      multiple: true,
      default: [join(root, 'artifacts/jest.json'), join(root, 'artifacts/faults.json')],
    },
  },
});

await main(() => {
  const cases = readPage(values.page);
  const tests = values.report.flatMap(readReport);
  const verdicts = cases.map(one => ({ ...one, ...judge(one, tests) }));

  printGroups(verdicts);
  const problems = [
    ...verdicts.flatMap(({ id, problem }) => (problem ? [`${id}: ${problem}`] : [])),
    ...strays(cases, tests),
  ];
  for (const problem of problems) console.log(`FAILED  ${problem}`);

  const shown = verdicts.filter(({ held }) => held).length;
  console.log(`\n${shown} passed, ${problems.length} failed`);
  return problems.length === 0 ? 0 : 1;
});

function readPage(path) {
  const rows = readFileSync(path, 'utf8')
    .split('\n')
    .map(line => line.split('|').map(cell => cell.trim()));
  const cases = rows
    .filter(([, id = '']) => idsIn(id).length > 0)
    .map(([, id, priority, , outcome]) => ({ id, priority, outcome }));
  if (cases.length === 0) throw new Failure(`${path}: expected rows of cases, found none`);
  return cases;
}

/** The tests of a jest report; who has none yet is told how to get one. */
function readReport(path) {
  if (!existsSync(path)) {
    throw new Failure(`${path} is missing: run "npm test" and "npm run test:faults" first`);
  }
  const { testResults } = JSON.parse(readFileSync(path, 'utf8'));
  return testResults.flatMap(({ assertionResults }) =>
    assertionResults.map(({ fullName, status }) => ({ ids: idsIn(fullName), fullName, status })),
  );
}

function idsIn(title) {
  return title.match(ID) ?? [];
}

function judge({ id, priority, outcome }, tests) {
  const own = tests.filter(({ ids }) => ids.includes(id));
  const result = { tests: own.length, held: false };
  if (priority === 'later') return result;
  if (own.length === 0) {
    const isLeft = priority === 'P2' && WRITTEN_DOWN.test(outcome);
    return isLeft ? result : { ...result, problem: 'no test has it in its title' };
  }
  const others = own.filter(({ status }) => status !== 'passed');
  if (others.length === 0) return { ...result, held: true };
  const [{ status, fullName }] = others;
  return {
    ...result,
    problem: `${others.length} of ${own.length} tests did not pass, one ${status}: "${fullName}"`,
  };
}

/** Ids in titles of tests that are on no row: misspelt, most likely. */
function strays(cases, tests) {
  const groups = new Set(cases.map(({ id }) => groupOf(id)));
  const known = new Set(cases.map(({ id }) => id));
  const found = tests.flatMap(({ ids, fullName }) =>
    ids
      .filter(id => groups.has(groupOf(id)) && !known.has(id))
      .map(id => `${id}: is on no row, and stands in the title "${fullName}"`),
  );
  return [...new Set(found)];
}

function printGroups(verdicts) {
  const groups = new Map();
  for (const one of verdicts) {
    const group = groupOf(one.id);
    groups.set(group, [...(groups.get(group) ?? []), one]);
  }
  console.log('group   cases   held  tests   later, or written down');
  for (const [group, members] of groups) {
    const held = members.filter(one => one.held).length;
    const tests = members.reduce((sum, one) => sum + one.tests, 0);
    const left = members.filter(one => !one.held && !one.problem).map(one => one.id);
    const columns = [members.length, held, tests].map(number => String(number).padStart(6));
    console.log(`${group.padEnd(6)} ${columns.join(' ')}   ${left.join(', ')}`);
  }
  console.log();
}

function groupOf(id) {
  return id.split('-')[0];
}

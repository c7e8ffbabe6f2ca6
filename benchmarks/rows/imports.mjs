import { startProcess } from '../harness/processes.mjs';
import { summarise } from '../harness/statistics.mjs';

const ROUNDS = { full: 31, quick: 2 };

const ours = ['@stagepass/auth-backend', '@stagepass/auth-http'];
const backstage = ['auth', 'httpAuth'].map(name => `@backstage/backend-defaults/${name}`);

/** What is imported in processes of their own, which have loaded Express already: the host needs it anyway. */
const kinds = {
  bare: ['express'],
  bareBackstage: ['backstage'],
  ours: ['express', ...ours, '@stagepass/auth-http/express'],
  backstage: ['backstage', ...backstage, '@backstage/backend-defaults/httpRouter'],
  oursNoRouter: ['express', ...ours],
  backstageNoRouter: ['backstage', ...backstage],
};

const MEBIBYTE = 1024 * 1024;

/** @type {import('../harness/runRow.mjs').OwnRow[]} */
export const rows = [
  {
    name: 'import what a plugin needs, Express loaded before',
    reference:
      'auth, httpAuth and httpRouter of @backstage/backend-defaults; Node with Express alone',
    async run({ quick }) {
      const rounds = [];
      for (let round = 0; round < ROUNDS[quick ? 'quick' : 'full']; round++) {
        rounds.push(await importEach(round));
      }
      return report(rounds);
    },
  },
];

/** One process after the other, there and back again. */
async function importEach(round) {
  const names = Object.keys(kinds);
  const measured = {};
  for (const name of round % 2 === 0 ? names : names.toReversed()) {
    const options = { args: kinds[name], execArgv: ['--expose-gc'] };
    const { greeting, stop } = await startProcess('imports', options);
    await stop();
    measured[name] = greeting;
  }
  return measured;
}

function report(rounds) {
  const summary = read => summarise(rounds.map(read));
  const time = (name, label) => ({
    name: label,
    unit: 'ms',
    ...summary(({ [name]: { milliseconds } }) => milliseconds),
  });
  const over = (name, bare) =>
    summary(round => (round[name].resident - round[bare].resident) / MEBIBYTE);
  const memory = (name, bare, label) => ({ name: label, unit: 'MiB', ...over(name, bare) });
  return {
    figures: [
      time('ours', 'ours'),
      time('backstage', 'backstage'),
      time('oursNoRouter', 'ours without router'),
      time('backstageNoRouter', 'backstage without router'),
      memory('backstage', 'bareBackstage', 'backstage'),
      memory('oursNoRouter', 'bare', 'ours without router'),
      memory('backstageNoRouter', 'bareBackstage', 'backstage without router'),
    ],
    targets: [
      {
        name: 'the time of backstage',
        unit: '×',
        ...summary(round => round.ours.milliseconds / round.backstage.milliseconds),
        atMost: 0.2,
      },
      { name: 'resident over bare', unit: 'MiB', ...over('ours', 'bare'), atMost: 10 },
    ],
  };
}

import { measure } from './measure.mjs';
import { summarise } from './statistics.mjs';

/**
 * What a row is, and what it may return: `benchmarks/README.md` says it in words.
 *
 * @typedef {import('./measure.mjs').Subject} Subject
 * @typedef {import('./measure.mjs').Mode} Mode
 *
 * @typedef {object} RatioTarget
 * @property {Mode} mode
 * @property {string} [subject] - default `ours`
 * @property {string} reference - another subject
 * @property {number} [atLeast] - how many times as fast as the reference
 * @property {number} [atMost] - how many times the time of the reference
 * @property {string} [excused] - why the target may be missed
 *
 * @typedef {object} MeasuredRow - the harness measures it
 * @property {string} name
 * @property {string} reference - with what ours is compared, in words
 * @property {Mode[]} modes
 * @property {boolean} [ownTurn]
 * @property {RatioTarget[]} targets
 * @property {(context: Context & { mode: Mode }) => Promise<SetUp>} setUp - once for each mode
 *
 * @typedef {{ subjects: Record<string, Subject>, close?: () => unknown }} SetUp
 *
 * @typedef {object} OwnRow - it measures itself
 * @property {string} name
 * @property {string} reference
 * @property {(context: Context) => Promise<{ figures?: Figure[], targets?: OwnTarget[] }>} run
 *
 * @typedef {object} Figure
 * @property {string} name
 * @property {number} value
 * @property {string} unit
 * @property {Mode | 'credentials'} [mode]
 * @property {number} [low] - the quartiles
 * @property {number} [high]
 *
 * @typedef {object} OwnTarget - of one figure, or of a ratio; exactly one of `atLeast` and `atMost`
 * @property {string} name - is read after value and unit: `as fast as Express alone`
 * @property {number} value
 * @property {string} unit - `×` for a ratio
 * @property {Mode | 'credentials'} [mode]
 * @property {number} [low]
 * @property {number} [high]
 * @property {number} [atLeast]
 * @property {number} [atMost]
 * @property {string} [excused]
 *
 * @typedef {object} Context
 * @property {boolean} quick - show that it works, in no time
 * @property {import('./measure.mjs').Settings} settings - how many rounds, of what length
 * @property {typeof measure} measure - for rows that measure themselves, some of it like the others
 * @property {object} logger - a logger that says nothing
 *
 * @typedef {object} RowResult
 * @property {string} name
 * @property {string} reference
 * @property {Figure[]} figures
 * @property {Array<OwnTarget & { met: boolean }>} targets
 * @property {string} [error] - why it could not be run
 */

/**
 * Runs a row to its end, and judges what it measured.
 *
 * @param {MeasuredRow | OwnRow} row
 * @param {Context} context
 * @returns {Promise<RowResult>}
 */
export async function runRow(row, context) {
  const { name, reference } = row;
  try {
    const { figures = [], targets = [] } = row.run
      ? await row.run(context)
      : await runMeasuredRow(row, context);
    for (const each of [...figures, ...targets]) {
      if (!Number.isFinite(each.value)) throw new Error(`${each.name}: ${each.value} is no number`);
    }
    const judged = targets.map(target => ({ ...target, met: isMet(target) }));
    return { name, reference, figures, targets: judged };
  } catch (error) {
    return { name, reference, figures: [], targets: [], error: error.stack ?? String(error) };
  }
}

/** @param {MeasuredRow} row */
async function runMeasuredRow(row, context) {
  const figures = [];
  const targets = [];
  for (const mode of row.modes) {
    const { subjects, close } = await row.setUp({ ...context, mode });
    try {
      const how = { mode, ownTurn: row.ownTurn, settings: context.settings };
      const rounds = await measure(subjects, how);
      for (const name of Object.keys(subjects)) {
        figures.push({ name, mode, unit: 'µs', ...summarise(rounds.map(round => round[name])) });
      }
      const ofThisMode = row.targets.filter(target => target.mode === mode);
      targets.push(...ofThisMode.map(target => compare(rounds, target)));
    } finally {
      await close?.();
    }
  }
  return { figures, targets };
}

/** The ratios of neighbours: what slowed down one of a round slowed down the other. */
function compare(rounds, { subject = 'ours', reference, ...target }) {
  const faster = target.atLeast !== undefined;
  const ratios = rounds.map(({ [subject]: own, [reference]: other }) =>
    faster ? other / own : own / other,
  );
  const name = faster ? `as fast as ${reference}` : `the time of ${reference}`;
  return {
    name: subject === 'ours' ? name : `${name}: ${subject}`,
    unit: '×',
    ...summarise(ratios),
    ...target,
  };
}

function isMet({ value, atLeast = -Infinity, atMost = Infinity }) {
  return value >= atLeast && value <= atMost;
}

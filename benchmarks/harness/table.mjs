export const modes = {
  one: 'one at a time',
  inFlight: '64 in flight',
  credentials: 'asks who has called it',
};

/**
 * Writes the results as one table for people, in Markdown that is aligned for a terminal too.
 *
 * @param {import('./runRow.mjs').RowResult[]} results
 */
export function table(results) {
  const head = ['row', 'mode', 'measured', 'judged, with quartiles', 'target', 'met'];
  return writeTable(head, results.flatMap(linesOf));
}

/**
 * Writes a Markdown table.
 *
 * @param {string[]} head
 * @param {string[][]} lines
 */
export function writeTable(head, lines) {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...lines].map(cells => cells[column].length)),
  );
  const write = cells =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  const rule = widths.map(width => '-'.repeat(width));
  return [head, rule, ...lines].map(write).join('\n');
}

/** @param {import('./runRow.mjs').RowResult} result */
function linesOf({ name, figures, targets, error }) {
  if (error !== undefined) return [[name, '', '', '', '', 'NOT RUN']];
  const used = [...new Set([...figures, ...targets].map(({ mode }) => mode))];
  return used.flatMap(mode => {
    const medians = tellFigures(figures.filter(figure => figure.mode === mode));
    const judged = targets.filter(target => target.mode === mode);
    const verdicts = judged.length > 0 ? judged.map(tellTarget) : [['', '', '']];
    return verdicts.map((verdict, index) =>
      index === 0 ? [name, modes[mode] ?? '', medians, ...verdict] : ['', '', '', ...verdict],
    );
  });
}

/** Says the unit once, where all have the same. */
function tellFigures(figures) {
  const units = new Set(figures.map(({ unit }) => unit));
  const shared = units.size === 1 ? [...units].join() : undefined;
  const told = figures.map(({ name, value, unit }) =>
    [name, round(value), ...(shared === undefined ? [unit] : [])].join(' '),
  );
  return shared === undefined ? told.join(', ') : `${told.join(', ')} ${shared}`;
}

function tellTarget({ name, value, unit, low, high, atLeast, atMost, met, excused }) {
  const bound = atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`;
  const verdict = met ? 'yes' : excused === undefined ? 'NO' : `no: ${excused}`;
  const quartiles = low === undefined || high === undefined ? '' : `(${round(low)}–${round(high)})`;
  const judged = [round(value), quartiles, unit, name].filter(word => word !== '');
  return [judged.join(' '), `${bound} ${unit}`.trim(), verdict];
}

/** Three digits, which is more than a benchmark can know. */
export function round(value) {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en', { maximumFractionDigits: digits });
}

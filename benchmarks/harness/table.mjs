const modes = { one: 'one at a time', inFlight: '64 in flight' };

/**
 * Writes the results as one table for people, in Markdown that is aligned for a terminal too.
 *
 * @param {import('./runRow.mjs').RowResult[]} results
 */
export function table(results) {
  const head = ['row', 'mode', 'measured', 'ratio or value', 'target', 'met'];
  const lines = results.flatMap(linesOf);
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
    const measured = figures.filter(figure => figure.mode === mode).map(tellFigure);
    const judged = targets.filter(target => target.mode === mode);
    const verdicts = judged.length > 0 ? judged.map(tellTarget) : [['', '', '']];
    return verdicts.map((verdict, index) =>
      index === 0
        ? [name, modes[mode] ?? '', measured.join(', '), ...verdict]
        : ['', '', '', ...verdict],
    );
  });
}

function tellFigure({ name, value, unit, low, high }) {
  return `${name} ${tell(value, unit, low, high)}`;
}

function tellTarget({ name, value, unit, low, high, atLeast, atMost, met, excused }) {
  const bound = atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`;
  const verdict = met ? 'yes' : excused === undefined ? 'NO' : `no: ${excused}`;
  return [`${name}: ${tell(value, unit, low, high)}`, `${bound} ${unit}`.trim(), verdict];
}

function tell(value, unit, low, high) {
  const spread = low === undefined || high === undefined ? '' : ` (${round(low)}–${round(high)})`;
  return `${round(value)}${spread} ${unit}`.trim();
}

/** Three digits, which is more than a benchmark can know. */
function round(value) {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en', { maximumFractionDigits: digits });
}

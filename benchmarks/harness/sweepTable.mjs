import { round, writeTable } from './table.mjs';

/** Less than this, from one end to the other, is what memory that is further away costs. */
const FLAT_BELOW = 2;

/**
 * The lines of a sweep, each with its points.
 *
 * @param {import('./runRow.mjs').RowResult} result - of a sweep
 * @returns {Array<{ name: string, unit: string, points: import('./sweep.mjs').Point[] }>}
 */
export function linesOf({ figures }) {
  const lines = new Map();
  for (const point of figures) {
    const line = lines.get(point.name) ?? { name: point.name, unit: point.unit, points: [] };
    lines.set(point.name, line);
    line.points.push(point);
  }
  return [...lines.values()];
}

/** Writes a sweep as a table: one line for each that was measured, and how it grew. */
export function sweepTable(result) {
  const title = `### ${result.name}`;
  if (result.error !== undefined) return `${title}\n\nNOT RUN`;
  const lines = linesOf(result);
  const head = [
    result.reference,
    'unit',
    ...lines[0].points.map(({ at }) => tellCount(at)),
    'growth',
  ];
  const cells = lines.map(({ name, unit, points }) => [
    ...[name, unit],
    ...points.map(({ value }) => round(value)),
    tellGrowth(points),
  ]);
  return `${title}\n\n${writeTable(head, cells)}`;
}

function tellGrowth(points) {
  const last = points.at(-1);
  if (last.growth !== undefined) {
    return `${round(last.growth)} ×${last.growth < FLAT_BELOW ? ', flat' : ''}`;
  }
  const kilobytes = ((last.value - points[0].value) / (last.at - points[0].at)) * 1000;
  return `${round(kilobytes)} kB each`;
}

function tellCount(at) {
  return at.toLocaleString('en');
}

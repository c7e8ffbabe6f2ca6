import { decades, image, middle, powersOfTen, px, scale, tell, text } from './svg.mjs';

/** The plot, and what stands around it: numbers to the left, the axis below, the legend to the right. */
const plot = { left: 64, top: 36, width: 380, height: 220 };
const size = { width: 720, height: 310 };

/** Told apart by mark and dashes as well as by colour. */
const styles = [
  { colour: '#0b6e99', dash: '', mark: 'circle' },
  { colour: '#c2410c', dash: '7 3', mark: 'square' },
  { colour: '#15803d', dash: '2 3', mark: 'triangle' },
  { colour: '#7e22ce', dash: '10 3 2 3', mark: 'diamond' },
  { colour: '#a16207', dash: '5 5', mark: 'cross' },
  { colour: '#be185d', dash: '1 4', mark: 'circle' },
  { colour: '#374151', dash: '12 4', mark: 'square' },
];

/**
 * Draws a line chart as SVG; both axes are logarithmic, and equal inputs make equal text.
 *
 * @param {object} chart
 * @param {string} chart.title
 * @param {string} chart.xLabel
 * @param {string} chart.yLabel
 * @param {Array<{ name: string, points: Array<[x: number, y: number]> }>} chart.lines - of numbers above 0; what is
 *   not above 0 is left out
 */
export function lineChart({ title, xLabel, yLabel, lines }) {
  const drawn = lines.map(({ name, points }, index) => ({
    ...{ name, style: styles[index % styles.length] },
    points: points.filter(([x, y]) => x > 0 && y > 0),
  }));
  const all = drawn.flatMap(({ points }) => points);
  if (all.length === 0) throw new Error(`${title}: there is nothing to draw`);
  const xs = [...new Set(all.map(([x]) => x))].sort((a, b) => a - b);
  const [bottom, top] = decades(all.map(([, y]) => y));
  const x = scale(xs[0], xs.at(-1), plot.left, plot.width);
  const y = scale(bottom, top, plot.top + plot.height, -plot.height);
  return image({ title, ...size }, [
    ...powersOfTen(bottom, top).flatMap(value => gridLine(y(value), value)),
    ...xs.map(value => text(x(value), plot.top + plot.height + 18, tell(value), middle)),
    text(plot.left + plot.width / 2, size.height - 10, xLabel, middle),
    text(16, plot.top + plot.height / 2, yLabel, `${middle} transform="rotate(-90 16 146)"`),
    ...drawn.flatMap(line => drawLine(line, x, y)),
    ...drawn.flatMap(drawLegend),
  ]);
}

function gridLine(at, value) {
  const right = plot.left + plot.width;
  return [
    `<line x1="${plot.left}" y1="${px(at)}" x2="${right}" y2="${px(at)}" stroke="#d1d5db"/>`,
    text(plot.left - 8, at + 4, tell(value), 'text-anchor="end"'),
  ];
}

function drawLine({ style, points }, x, y) {
  const at = points.map(([from, to]) => [x(from), y(to)]);
  return [stroke(at, style), ...at.map(point => mark(point, style))];
}

function drawLegend({ name, style }, index) {
  const left = plot.left + plot.width + 20;
  const at = plot.top + 12 + index * 24;
  const ends = [
    [left, at],
    [left + 32, at],
  ];
  return [
    stroke(ends, style),
    mark([left + 16, at], style),
    text(left + 40, at + 4, name, 'font-size="11"'),
  ];
}

function stroke(points, { colour, dash }) {
  const path = points.map(([x, y]) => `${px(x)},${px(y)}`).join(' ');
  const dashes = dash === '' ? '' : ` stroke-dasharray="${dash}"`;
  return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"${dashes}/>`;
}

const shapes = {
  square: 'M-4 -4H4V4H-4Z',
  triangle: 'M0 -5L5 4H-5Z',
  diamond: 'M0 -5L5 0L0 5L-5 0Z',
  cross: 'M-4 -4L4 4M4 -4L-4 4',
  circle: 'M-4 0A4 4 0 1 1 4 0A4 4 0 1 1 -4 0Z',
};

function mark([x, y], { colour, mark: shape }) {
  const at = `translate(${px(x)} ${px(y)})`;
  return `<path d="${shapes[shape]}" transform="${at}" fill="${colour}" stroke="${colour}"/>`;
}

import { decades, image, middle, powersOfTen, px, scale, tell, text } from './svg.mjs';

const plot = { left: 420, top: 40, width: 400, rowHeight: 22 };

/**
 * Draws ratios as bars from 1 on a logarithmic axis, each with its quartiles and a mark at its target.
 *
 * @param {object} chart
 * @param {string} chart.title
 * @param {string} chart.xLabel
 * @param {Array<{ name: string, value: number, low?: number, high?: number, target: number }>} chart.bars
 */
export function barChart({ title, xLabel, bars }) {
  const [from, to] = decades([
    1,
    ...bars.flatMap(({ value, low = value, high = value, target }) => [low, high, target]),
  ]);
  const x = scale(from, to, plot.left, plot.width);
  const bottom = plot.top + bars.length * plot.rowHeight;
  const size = { width: plot.left + plot.width + 80, height: bottom + 48 };
  return image({ title, ...size }, [
    ...powersOfTen(from, to).flatMap(value => [
      upright(x(value), plot.top, bottom, 'stroke="#d1d5db"'),
      text(x(value), bottom + 16, `${tell(value)} ×`, middle),
    ]),
    text(plot.left + plot.width / 2, bottom + 38, xLabel, middle),
    ...bars.flatMap((bar, row) => drawBar(bar, plot.top + row * plot.rowHeight, x)),
  ]);
}

function drawBar({ name, value, low = value, high = value, target }, top, x) {
  const [left, right] = [x(1), x(value)].sort((a, b) => a - b);
  const centre = top + plot.rowHeight / 2;
  const box = `x="${px(left)}" y="${px(top + 4)}" width="${px(right - left)}"`;
  return [
    text(plot.left - 10, centre + 4, name, 'text-anchor="end" font-size="11"'),
    `<rect ${box} height="${plot.rowHeight - 8}" fill="#0b6e99"/>`,
    `<path d="M${px(x(low))} ${px(centre)}H${px(x(high))}" stroke="#111827" stroke-width="2"/>`,
    upright(x(target), top + 1, top + plot.rowHeight - 1, 'stroke="#c2410c" stroke-width="3"'),
    text(Math.max(right, x(target), x(high)) + 6, centre + 4, `${tell(value)} ×`),
  ];
}

function upright(x, top, bottom, attributes) {
  return `<line x1="${px(x)}" y1="${px(top)}" x2="${px(x)}" y2="${px(bottom)}" ${attributes}/>`;
}

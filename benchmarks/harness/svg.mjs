export const middle = 'text-anchor="middle"';

/**
 * Puts parts into an image with a title and a white ground.
 *
 * @param {{ title: string, width: number, height: number }} frame
 * @param {string[]} parts
 */
export function image({ title, width, height }, parts) {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img"`,
    `  font-family="sans-serif" font-size="12" fill="#1f2937">`,
    `<title>${escape(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(16, 20, title, 'font-size="14" font-weight="bold"'),
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

export function text(x, y, content, attributes = '') {
  return `<text x="${px(x)}" y="${px(y)}" ${attributes}>${escape(content)}</text>`;
}

/** Places a value between two others by its logarithm; a single value stands at the start. */
export function scale(from, to, start, length) {
  const span = Math.log10(to / from) || 1;
  return value => start + (Math.log10(value / from) / span) * length;
}

/** The powers of ten around all values. */
export function decades(values) {
  const bottom = 10 ** Math.floor(Math.log10(Math.min(...values)));
  const top = 10 ** Math.ceil(Math.log10(Math.max(...values)));
  return [bottom, Math.max(top, bottom * 10)];
}

export function powersOfTen(from, to) {
  const count = Math.round(Math.log10(to / from)) + 1;
  return Array.from({ length: count }, (_, power) => from * 10 ** power);
}

/** Coordinates without the last digits, which differ between machines. */
export function px(value) {
  return String(Math.round(value * 10) / 10);
}

export function tell(value) {
  return value.toLocaleString('en', { maximumSignificantDigits: 3 });
}

function escape(content) {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * A little typography for the terminal: colours where they are wanted, tables, numbers.
 */

/** Colours when the output is a terminal; NO_COLOR and FORCE_COLOR have their usual say. */
const { FORCE_COLOR, NO_COLOR } = process.env;
const coloured = FORCE_COLOR ? FORCE_COLOR !== '0' : process.stdout.isTTY && !NO_COLOR;

/** @param {number} on @param {number} off @returns {(text: string) => string} */
const style = (on, off) => (text) => (coloured ? `\x1b[${on}m${text}\x1b[${off}m` : text);

export const bold = style(1, 22);
export const dim = style(2, 22);
export const green = style(32, 39);
export const yellow = style(33, 39);
export const cyan = style(36, 39);

/**
 * Draws a table: numbers to the right, everything else to the left, long text cut.
 * @param {import('../js/index.js').Table} table
 * @returns {string} Lines without a newline at the end.
 */
export function draw(table) {
  const names = table.columns.map(({ name }) => name);
  const cells = table.toArray().map((row) => names.map((name) => row[name]));
  const texts = cells.map((row) => row.map(cellText));
  const widths = names.map((name, i) => Math.max(name.length, ...texts.map((row) => row[i].length)));
  const numeric = names.map((_, i) => cells.every((row) => row[i] === null || typeof row[i] === 'number'));
  /** @param {string[]} row */
  const line = (row) =>
    row.map((text, i) => (numeric[i] ? text.padStart(widths[i]) : text.padEnd(widths[i]))).join(dim(' │ ')).trimEnd();
  return [
    bold(line(names)),
    dim(widths.map((width) => '─'.repeat(width)).join('─┼─')),
    ...texts.map(line),
  ].join('\n');
}

/** @param {unknown} value */
function cellText(value) {
  if (value === null) return '–';
  if (typeof value === 'number') return count(value);
  const text = String(value);
  return text.length > 50 ? `${text.slice(0, 49)}…` : text;
}

/** @param {number} value A number with thousands separated. */
export const count = (value) => value.toLocaleString('en-US');

/** @param {number} ms A duration with a unit that suits it. */
export const duration = (ms) => {
  const [value, unit] = ms < 1 ? [ms * 1000, 'µs'] : [ms, 'ms'];
  return `${value < 100 ? value.toPrecision(3) : Math.round(value)} ${unit}`;
};

/** @param {string} text @param {string} [by] Default four spaces. */
export const indent = (text, by = '    ') => text.replace(/^/gm, by);

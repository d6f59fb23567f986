/**
 * What console.log shows of a Table and of a Column.
 */
import { isDate, jsonValue } from './values.js';

/** @typedef {import('./values.js').Value} Value */

const ROWS = 5;
const COLUMNS = 8;
const VALUES = 10;
const WIDTH = 24;

/** @param {number} n @param {string} thing */
const count = (n, thing) => `${n} ${thing}${n === 1 ? '' : 's'}`;

/**
 * @param {import('./table.js').Table} table
 * @param {import('./batches.js').Batches} batches
 * @param {boolean} brief One line only.
 */
export function inspectTable(table, batches, brief) {
  const { columns, length, cache } = table;
  const affected = table.rowsAffected ? `, ${table.rowsAffected} affected` : '';
  const state = cache.state === 'bypass' ? '' : `, cache: ${cache.state}`;
  const title = `Table(${count(length, 'row')}, ${count(columns.length, 'column')}${affected}${state})`;
  if (brief || columns.length === 0) return title;
  const shown = columns.slice(0, COLUMNS);
  const grid = [shown.map(({ name }) => short(name)), shown.map(({ type, nullable }) => type + (nullable ? '?' : ''))];
  for (let row = 0; row < Math.min(ROWS, length); row++) {
    const place = batches.find(row);
    grid.push(shown.map((_, c) => valueText(place?.batch.vectors[c]?.get(place.row))));
  }
  const widths = shown.map((_, c) => Math.max(...grid.map((line) => line[c]?.length ?? 0)));
  const lines = grid.map((line) => line.map((text, c) => text.padEnd(widths[c] ?? 0)).join('  ').trimEnd());
  if (columns.length > COLUMNS) lines[0] += `  … ${columns.length - COLUMNS} more`;
  if (length > ROWS) lines.push(`… ${length - ROWS} more`);
  return `${title}\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

/** @param {import('./column.js').Column} column */
export function inspectColumn(column) {
  const { length } = column;
  const shown = Array.from({ length: Math.min(VALUES, length) }, (_, row) => valueText(column.get(row)));
  if (length > VALUES) shown.push(`… ${length - VALUES} more`);
  return `Column(${length}) [${shown.join(', ')}]`;
}

/** @param {Value | undefined} value */
function valueText(value) {
  if (typeof value === 'string') return JSON.stringify(short(value));
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value);
  if (ArrayBuffer.isView(value)) return `<${count(value.byteLength, 'byte')}>`;
  if (isDate(value)) return Number.isNaN(value.getTime()) ? String(value) : value.toISOString();
  return short(JSON.stringify(jsonValue(value)) ?? String(value));
}

/** @param {string} text Cut where no character is torn. */
const short = (text) => (text.length > WIDTH ? `${text.slice(0, WIDTH - 1).replace(/[\uD800-\uDBFF]$/, '')}…` : text);

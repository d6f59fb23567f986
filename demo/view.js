/**
 * What the demo page shows: rows, the state of a result, errors. Text only ever enters the page as text.
 */

/** Rows drawn at most; a browser does not lay out a hundred thousand of them gladly. */
const DRAWN = 200;
/** Runs remembered on the page. */
const RUNS = 12;

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * @param {string} tag
 * @param {Record<string, string>} [attributes]
 * @param {...(Node | string)} children
 */
function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/**
 * @typedef {object} Run
 * @property {number} number
 * @property {string} name Of the data set.
 * @property {string} state Of the result, or `'error'`.
 * @property {number} [age] Seconds.
 * @property {number} [rows]
 * @property {number} [took] Milliseconds.
 * @property {number} [miss] Milliseconds that the load of this result took.
 * @property {string} [error] What went wrong.
 */

/** @param {number} ms */
export const milliseconds = (ms) => (ms < 0.1 ? 'under 0.1 ms' : `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`);

/** @param {Run} run */
function parts({ state, age = 0, rows = 0, took = 0, miss }) {
  const texts = [`${rows.toLocaleString()} ${rows === 1 ? 'row' : 'rows'}`, milliseconds(took)];
  if (state === 'hit' || state === 'stale') {
    texts.push(`${age < 10 ? age.toFixed(1) : Math.round(age)} s old`);
    const ratio = miss === undefined ? 0 : miss / Math.max(took, 0.1);
    if (ratio >= 2) texts.push(`${took < 0.1 ? 'more than ' : ''}${Math.round(ratio)} times faster than the miss`);
  }
  return texts;
}

/** @param {string} state */
const badge = (state) => make('strong', { class: `badge ${state}` }, state);

/** @param {Run | string | undefined} run A text is shown as it is; nothing empties the line. */
export function showState(run) {
  const line = byId('state');
  line.replaceChildren();
  if (typeof run === 'string') line.append(run);
  else if (run) line.append(badge(run.state), ' ', parts(run).join(' · '));
}

/** @param {Run} run Added on top of the list. */
export function showRun(run) {
  const list = byId('runs');
  const detail = run.error ?? parts(run).join(' · ');
  const name = make('span', { class: 'name' }, run.name);
  list.prepend(make('li', { value: `${run.number}` }, name, badge(run.state), ' ', detail));
  while (list.children.length > RUNS) list.lastChild?.remove();
}

/** @param {import('../js/index.js').Table} table */
export function showRows(table) {
  const names = table.columns.map(({ name }) => name);
  const drawn = Math.min(table.length, DRAWN);
  /** @type {HTMLElement[]} */
  const body = [];
  for (let i = 0; i < drawn; i++) {
    const row = table.at(i);
    body.push(make('tr', {}, ...names.map((name) => cell(row?.[name]))));
  }
  const heads = table.columns.map(({ name, type }, c) => {
    const numeric = drawn > 0 && body.every((row) => /number|null/.test(row.children[c]?.className ?? ''));
    return make('th', { scope: 'col', title: type, class: numeric ? 'number' : '' }, name);
  });
  const content = make('table', {}, make('thead', {}, make('tr', {}, ...heads)), make('tbody', {}, ...body));
  byId('rows').replaceChildren(content);
  const note = (/** @type {string} */ text) => byId('rows').append(make('p', { class: 'note' }, text));
  if (table.length === 0) note(names.length > 0 ? 'No rows.' : 'Done; it returns no rows.');
  if (table.length > drawn) note(`The first ${drawn} of ${table.length.toLocaleString()} rows.`);
}

/** @param {unknown} value */
function cell(value) {
  if (value === null || value === undefined) return make('td', { class: 'null' }, 'null');
  if (typeof value === 'number' || typeof value === 'bigint') return make('td', { class: 'number' }, value.toLocaleString());
  if (ArrayBuffer.isView(value)) return make('td', {}, `${value.byteLength} bytes`);
  return make('td', {}, String(value));
}

/**
 * @param {unknown} error Undefined takes an earlier one away.
 * @param {string} sql The statement that failed; the position is marked in it where the error knows it.
 */
export function showError(error, sql) {
  const box = byId('error');
  box.replaceChildren();
  byId('sql').toggleAttribute('aria-invalid', error !== undefined);
  if (error === undefined) return;
  byId('rows').replaceChildren();
  const { code, message, name, offset } = /** @type {Error & { code?: string, offset?: number }} */ (error);
  box.append(make('p', {}, make('strong', {}, code ?? name ?? 'Error'), ' ', message ?? String(error)));
  if (typeof offset !== 'number' || offset < 0 || offset > sql.length) return;
  const end = offset + (/^(\w+|.)?/.exec(sql.slice(offset))?.[0].length ?? 0);
  box.append(make('pre', {}, sql.slice(0, offset), make('mark', {}, sql.slice(offset, end) || ' '), sql.slice(end)));
}

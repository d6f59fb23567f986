/**
 * The demo page: the data sets of the quickstart, queried in this browser tab.
 */
import { createHawser } from '../js/index.js';
import { DATA_SETS } from './data-sets.js';
import { milliseconds, showError, showRows, showRun, showState } from './view.js';

/** @template {keyof HTMLElementTagNameMap} T @param {string} id @param {T} _tag @returns {HTMLElementTagNameMap[T]} */
const element = (id, _tag) => /** @type {any} */ (document.getElementById(id));

const form = element('form', 'form');
const sql = element('sql', 'textarea');
const params = element('params', 'input');
const ttl = element('ttl', 'select');
const runButton = element('run', 'button');
const clearButton = element('clear', 'button');
const about = element('about', 'p');

/** @param {string} url Relative to the page. */
async function text(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  return response.text();
}

const hawser = createHawser({ secrets: [{ toml: await text('secrets.toml'), name: 'secrets.toml' }] });

/** @typedef {{ conn: import('../js/index.js').SqlConnection, rows: number, time: number }} Opened */

/** @type {Map<string, Promise<Opened>>} Data sets that have been opened, each loaded once. */
const opened = new Map();
/** @type {Map<string, number>} Milliseconds of the last miss of each result, by cache key. */
const misses = new Map();
/** Number of the newest run; an older one that ends later is not shown. */
let newest = 0;

/** @returns {keyof typeof DATA_SETS} */
const chosen = () => /** @type {keyof typeof DATA_SETS} */ (new FormData(form).get('data'));

/** @param {keyof typeof DATA_SETS} name @returns {Promise<Opened>} */
function open(name) {
  let opening = opened.get(name);
  if (!opening) {
    opening = load(DATA_SETS[name]);
    opened.set(name, opening);
    opening.catch(() => opened.delete(name));
  }
  return opening;
}

/** @param {import('./data-sets.js').DataSet} dataSet @returns {Promise<Opened>} */
async function load({ connection, load }) {
  const conn = await hawser.connection(connection);
  const start = performance.now();
  const rows = await load(conn, (file) => text(`data/${file}`));
  return { conn, rows, time: performance.now() - start };
}

/** Puts the question of the chosen data set into the form and runs it. */
function choose() {
  const dataSet = DATA_SETS[chosen()];
  sql.value = dataSet.sql;
  params.value = JSON.stringify(dataSet.params);
  about.textContent = 'Loading…';
  return run();
}

async function run() {
  const number = ++newest;
  const name = chosen();
  const { value: statement } = sql;
  try {
    const given = parameters();
    const { conn, rows, time } = await open(name);
    if (number !== newest) return;
    about.textContent = `${rows.toLocaleString()} rows (${DATA_SETS[name].source}) loaded in ${milliseconds(time)}`;
    runButton.disabled = clearButton.disabled = false;

    const start = performance.now();
    const table = await conn.query(statement, { params: given, ttl: ttl.value === '0' ? 0 : ttl.value || undefined });
    const took = performance.now() - start;
    if (number !== newest) return;

    const { state, key = '' } = table.cache;
    if (state === 'miss') misses.set(key, took);
    const run = { number, name, state, age: table.cache.age, rows: table.length, took, miss: misses.get(key) };
    showError(undefined, statement);
    showState(run);
    showRows(table);
    showRun(run);
  } catch (error) {
    if (number !== newest) return;
    showError(error, statement);
    showState(undefined);
    showRun({ number, name, state: 'error', error: /** @type {{ code?: string }} */ (error).code ?? String(error) });
  }
}

/** @returns {Record<string, unknown> | unknown[] | undefined} */
function parameters() {
  if (params.value.trim() === '') return undefined;
  try {
    return JSON.parse(params.value);
  } catch (error) {
    throw new SyntaxError(`Parameters are not JSON: ${/** @type {Error} */ (error).message}`);
  }
}

async function clear() {
  const { conn } = await open(chosen());
  conn.cache.clear();
  misses.clear();
  showState('Cleared: the next run loads anew.');
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  run();
});
form.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  run();
});
clearButton.addEventListener('click', clear);
for (const radio of form.querySelectorAll('[name=data]')) radio.addEventListener('change', choose);

await choose();

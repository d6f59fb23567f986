/**
 * Reads of ranges, gathered: those of one spreadsheet that are asked for at the same time are one request.
 *
 * A minute has 60 reads per user and 300 per project, however large they are.
 */
import { foldedTitle, splitRange } from './a1.js';
import { GRID_FIELDS, cellsOfGrid, cellsOfValues } from './cells.js';

/** @typedef {import('./api.js').SheetsApi} SheetsApi */
/** @typedef {import('./cells.js').Cells} Cells */
/** @typedef {'grid' | 'values'} Form `'grid'`: with the kinds of numbers; `'values'`: without, and several times smaller. */

/** Of one request: addresses beyond some 8,000 characters are refused on the way. */
const MOST_RANGES = 40;
const LONGEST = 6000;

/** @typedef {{ resolve(cells: Cells): void, reject(error: unknown): void }} Settle */
/** @typedef {{ range: string, waiting: number, promise: Promise<Cells>, settle: Settle }} Wanted waiting: how many do. */
/** @typedef {{ spreadsheet: string, form: Form, wanted: Map<string, Wanted>, controller: AbortController }} Batch */

export class Ranges {
  #api;
  /** Those that are still open for more. @type {Map<string, Batch>} */
  #open = new Map();

  /** @param {SheetsApi} api */
  constructor(api) {
    this.#api = api;
  }

  /**
   * @param {string} spreadsheet Id. @param {string} range As the API takes it. @param {Form} form
   * @param {AbortSignal} [signal] Ends the waiting; the request when nobody waits for anything of it.
   * @returns {Promise<Cells>} May be shared: not to be changed.
   */
  async read(spreadsheet, range, form, signal) {
    signal?.throwIfAborted();
    // Of a named range nobody knows the worksheet, by which grids are told apart.
    const apart = form === 'grid' && splitRange(range).title === undefined;
    if (apart || !this.#api.shared) return this.#alone(spreadsheet, range, form, signal);
    const batch = this.#batch(spreadsheet, form);
    const wanted = batch.wanted.get(range) ?? want(range);
    batch.wanted.set(range, wanted);
    wanted.waiting += 1;
    if (!signal) return wanted.promise;
    return new Promise((resolve, reject) => {
      const abort = () => {
        wanted.waiting -= 1;
        if ([...batch.wanted.values()].every(({ waiting }) => waiting === 0)) this.#giveUp(batch, signal.reason);
        reject(signal.reason);
      };
      signal.addEventListener('abort', abort, { once: true });
      wanted.promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
    });
  }

  /** @param {string} spreadsheet @param {Form} form @returns {Batch} */
  #batch(spreadsheet, form) {
    const key = `${form} ${spreadsheet}`;
    const open = this.#open.get(key);
    const length = open ? [...open.wanted.keys()].reduce((sum, range) => sum + encodeURIComponent(range).length + 8, 0) : 0;
    if (open && open.wanted.size < MOST_RANGES && length < LONGEST) return open;
    /** @type {Batch} */
    const batch = { spreadsheet, form, wanted: new Map(), controller: new AbortController() };
    this.#open.set(key, batch);
    // Not a microtask: callers of the same moment are not equally many of these away.
    setTimeout(() => {
      if (this.#open.get(key) === batch) this.#open.delete(key);
      void this.#send(batch);
    }, 0);
    return batch;
  }

  /** @param {Batch} batch @param {unknown} reason */
  #giveUp(batch, reason) {
    const key = `${batch.form} ${batch.spreadsheet}`;
    if (this.#open.get(key) === batch) this.#open.delete(key); // Others must not join it.
    batch.controller.abort(reason);
  }

  /** @param {Batch} batch */
  async #send({ spreadsheet, form, wanted, controller: { signal } }) {
    const list = [...wanted.values()].filter(({ waiting }) => waiting > 0);
    if (list.length === 0) return;
    try {
      const found = await this.#request(spreadsheet, list.map(({ range }) => range), form, signal);
      list.forEach(({ settle }, at) => settle.resolve(/** @type {Cells} */ (found[at])));
    } catch (error) {
      const refused = /** @type {any} */ (error)?.status === 400 && list.length > 1;
      for (const { range, settle } of list) {
        // One that is not there must not fail the others.
        if (refused) this.#alone(spreadsheet, range, form, signal).then(settle.resolve, settle.reject);
        else settle.reject(error);
      }
    }
  }

  /** @param {string} spreadsheet @param {string} range @param {Form} form @param {AbortSignal} [signal] */
  async #alone(spreadsheet, range, form, signal) {
    return /** @type {Cells} */ ((await this.#request(spreadsheet, [range], form, signal))[0]);
  }

  /**
   * @param {string} spreadsheet @param {string[]} ranges @param {Form} form @param {AbortSignal} [signal]
   * @returns {Promise<Cells[]>} In the order asked for.
   */
  async #request(spreadsheet, ranges, form, signal) {
    const what = ranges.length === 1 ? nameOf(/** @type {string} */ (ranges[0])) : 'such worksheet or range';
    const call = { method: 'GET', spreadsheet, what, signal };
    if (form === 'values') {
      const query = { ranges, majorDimension: 'ROWS', valueRenderOption: 'UNFORMATTED_VALUE', dateTimeRenderOption: 'SERIAL_NUMBER' };
      const { valueRanges } = await this.#api.call({ ...call, path: `/${spreadsheet}/values:batchGet`, query });
      return valueRanges.map(cellsOfValues);
    }
    const { sheets = [] } = await this.#api.call({ ...call, path: `/${spreadsheet}`, query: { ranges, fields: GRID_FIELDS } });
    return gridsOf(sheets, ranges).map(cellsOfGrid);
  }
}

/**
 * The API groups grids by worksheet, and in there by the order of the ranges asked for.
 * @param {any[]} sheets @param {string[]} ranges
 * @returns {any[]}
 */
function gridsOf(sheets, ranges) {
  if (ranges.length === 1) return [sheets[0]?.data?.[0] ?? {}];
  const byTitle = new Map(sheets.map(({ properties, data = [] }) => [foldedTitle(properties.title), [...data]]));
  return ranges.map((range) => byTitle.get(foldedTitle(splitRange(range).title ?? ''))?.shift() ?? {});
}

/** @param {string} range @returns {string} For messages. */
function nameOf(range) {
  const { title, cells } = splitRange(range);
  if (title === undefined) return `range ${range}`;
  return cells === undefined ? `worksheet ${JSON.stringify(title)}` : `worksheet ${JSON.stringify(title)}, or none of its cells are ${cells}`;
}

/** @param {string} range @returns {Wanted} */
function want(range) {
  /** @type {any} */
  const settle = {};
  const promise = /** @type {Promise<Cells>} */ (new Promise((resolve, reject) => Object.assign(settle, { resolve, reject })));
  promise.catch(() => {}); // Those who wait hear of it.
  return { range, waiting: 0, promise, settle };
}

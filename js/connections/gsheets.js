/**
 * GSheetsConnection, `type = "gsheets"`: worksheets of Google Sheets as tables, cached for an hour; SQL over them; writes.
 *
 *     const conn = await connection('budget');                       // [connections.budget] type = "gsheets", spreadsheet = "https://…"
 *     const pets = await conn.read('Pets');
 *     const cats = await conn.query("select * from Pets where kind = 'cat'");
 *     await conn.append({ worksheet: 'Pets', data: [{ name: 'Tom', kind: 'cat' }] });
 *
 * Writes forget what was read of the spreadsheet, also when they fail. Everything else is in docs/sheets.md.
 */
import { checkCells, rangeOf } from '../sheets/a1.js';
import { cellsOfData } from '../sheets/data.js';
import { placeOf } from '../sheets/options.js';
import { rangeIn, worksheetIn } from '../sheets/places.js';
import { DOCS_URL } from '../sheets/public.js';
import { toTable } from '../sheets/to_table.js';
import {
  addWorksheet, alignedRows, appendRows, clearRange, createSpreadsheet, listWorksheets, replaceAll, replaceAllTyped, writeRange,
} from '../sheets/writes.js';
import { contextOf } from './base.js';
import { run, write } from './gsheets_calls.js';
import { GSheetsReads } from './gsheets_reads.js';

/** @typedef {import('../sheets/data.js').SheetData} SheetData */
/** @typedef {import('../sheets/options.js').PlaceOptions} PlaceOptions */
/** @typedef {import('../sheets/options.js').WriteOptions} WriteOptions */
/** @typedef {import('../sheets/writes.js').Place} Place */
/** @typedef {import('../sheets/writes.js').Worksheet} Worksheet */

export class GSheetsConnection extends GSheetsReads {
  /**
   * Adds a worksheet, or with `title` makes a new spreadsheet.
   * @param {{ spreadsheet?: string, title?: string, worksheet?: string, data?: SheetData, header?: boolean } & WriteOptions} options header:
   *   whether the names of columns are the first row, default true.
   * @returns {Promise<{ spreadsheet: string, url: string, worksheet: Worksheet }>} Id and address of the spreadsheet.
   */
  create(options) {
    return run(this, 'create', options, ({ spreadsheet, title, worksheet, data = [], header = true, ...how }, config) => {
      const { names, rows } = cellsOfData(data);
      const all = header && names?.length ? [names, ...rows] : rows;
      if (title !== undefined) {
        if (spreadsheet !== undefined) throw new TypeError('title: is that of a new spreadsheet; leave out spreadsheet.');
        const what = { title, worksheet: worksheet ?? 'Sheet1', rows: all, signal: how.signal };
        return this.use((client) => createSpreadsheet(client.writing('create()'), what), 'create');
      }
      if (typeof worksheet !== 'string' || worksheet === '') throw new TypeError('worksheet: must be the title of the new worksheet.');
      const gid = Math.floor((contextOf(this).random ?? Math.random)() * 2 ** 31);
      const { id } = placeOf({ spreadsheet }, config).spreadsheet;
      return write(this, 'create', id, how, async (place, signal) => {
        const made = await addWorksheet(place, { worksheet, rows: all, gid, signal });
        const { href } = new URL(`spreadsheets/d/${id}/edit#gid=${made.gid}`, config.docsUrl ?? DOCS_URL);
        return { spreadsheet: id, url: href, worksheet: made };
      });
    });
  }

  /**
   * Replaces the values of a worksheet, as a whole or not at all, or those of a range.
   * @param {PlaceOptions & { data: SheetData, range?: string, header?: boolean, interpret?: boolean } & WriteOptions} options header: whether
   *   the names of columns are the first row, default true, with a range false. interpret: whether texts become what they would be if
   *   somebody typed them in: formulas, dates, numbers; default false.
   * @returns {Promise<{ rows: number }>} How many rows of data were written.
   */
  update(options) {
    return run(this, 'update', options, (given, config) => {
      const { data, interpret = false, header } = given;
      const range = checkCells(given.range);
      const { names, rows } = cellsOfData(data);
      const all = (header ?? range === undefined) && names?.length ? [names, ...rows] : rows;
      const { spreadsheet, worksheet } = placeOf(given, config);
      return write(this, 'update', spreadsheet.id, given, async (place, signal) => {
        if (range === undefined) {
          const sheet = worksheetIn(await listWorksheets(place, signal), worksheet);
          await (interpret ? replaceAllTyped : replaceAll)(place, sheet, all, signal);
        } else if (all.length) {
          await writeRange(place, await rangeIn(worksheet, range, () => listWorksheets(place, signal)), all, interpret, signal);
        }
        return { rows: rows.length };
      });
    });
  }

  /**
   * Adds rows below the last one that holds anything. Of objects, columns and Tables the values go below the columns of their names.
   * @param {PlaceOptions & { data: SheetData, interpret?: boolean } & WriteOptions} options interpret: as for {@link update}.
   * @returns {Promise<{ rows: number }>} How many were added.
   */
  append(options) {
    return run(this, 'append', options, (given, config) => {
      const { data, interpret = false } = given;
      const { length } = cellsOfData(data).rows;
      const { spreadsheet, worksheet } = placeOf(given, config);
      return write(this, 'append', spreadsheet.id, given, async (place, signal) => {
        if (length === 0) return { rows: 0 };
        const sheet = worksheetIn(await listWorksheets(place, signal), worksheet);
        const rows = await alignedRows(data, () => this.#header(place, sheet, signal));
        await appendRows(place, sheet, rows, interpret, signal);
        return { rows: length };
      });
    });
  }

  /**
   * Takes away the values of a worksheet, or of a range. Formats stay.
   * @param {PlaceOptions & { range?: string } & WriteOptions} [options]
   * @returns {Promise<void>}
   */
  clear(options = {}) {
    return run(this, 'clear', options, (given, config) => {
      const range = checkCells(given.range);
      const { spreadsheet, worksheet } = placeOf(given, config);
      return write(this, 'clear', spreadsheet.id, given, async (place, signal) => {
        await clearRange(place, await rangeIn(worksheet, range, () => listWorksheets(place, signal)), signal);
      });
    });
  }

  /** The names of columns, as read() gives them. @param {Place} place @param {Worksheet} sheet @param {AbortSignal} signal */
  async #header({ spreadsheet }, sheet, signal) {
    const cells = await (await this.raw()).ranges?.read(spreadsheet, rangeOf(sheet.title, '1:1'), 'grid', signal);
    return toTable(cells ?? { rows: [] }, {}).columns.map(({ name }) => name);
  }
}

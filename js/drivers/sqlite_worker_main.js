/**
 * The Worker of a persistent database. One per page and database.
 */
import { openStore } from '../sqlite/worker/store.js';
import { Desk } from '../sqlite/worker/desk.js';
import { encodeError } from '../sqlite/worker/codec.js';
import { groupNames } from '../sqlite/worker/names.js';
import { SqliteSession } from './sqlite_session.js';

const page = /** @type {any} */ (globalThis);
/** @type {Desk} */
let desk;
/** @type {import('../sqlite/worker/store.js').Store} */
let store;
let release = () => {};

page.onmessage = async (/** @type {MessageEvent} */ { data }) => {
  if (data.op === 'open') {
    navigator.locks.request(groupNames(data.name, data.vfs).group, () => new Promise(async (resolve) => {
      try {
        store = await openStore(data, () => {});
        desk = new Desk(/** @type {any} */ (new SqliteSession(store.database, /** @type {any} */ ({ pass() {} }))), () => {});
        release = () => resolve(undefined);
        page.postMessage({ op: 'opened' });
      } catch (error) {
        page.postMessage({ op: 'refused', error: encodeError(error) });
        resolve(undefined);
      }
    }));
  } else if (data.op === 'bye') {
    store.close();
    release();
    page.postMessage({ op: 'left' });
  } else {
    desk.handle('', data, (reply, transfer) => page.postMessage(reply, transfer ?? []));
  }
};

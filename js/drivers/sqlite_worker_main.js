/**
 * The program of the Worker that keeps a database. One per page and database.
 */
import { locateFiles } from '#runtime';
import { HawserError } from '../errors.js';
import { contentOf } from '../sqlite/content.js';
import { Member } from '../sqlite/worker/member.js';
import { replaceContent } from '../sqlite/worker/replace.js';
import { openStore } from '../sqlite/worker/store.js';
import { defineLocally } from './sqlite_functions.js';
import { SqliteSession } from './sqlite_session.js';

const scope = /** @type {any} */ (globalThis);

/** The desk sees to turns. @type {any} */
const TURNS = { pass() {}, tryTake: () => false };

/** @type {Member | undefined} */
let member;

/**
 * @param {import('../sqlite/worker/store.js').StoreOptions} options
 * @returns {Promise<import('../sqlite/worker/leader.js').Base>}
 */
async function open(options) {
  // A moment later: whoever has run into it is answered first.
  const fail = (/** @type {unknown} */ error, byNobody = false) => void setTimeout(() => void member?.fail(error, byNobody));
  const { database, explain, verify, isCleared, close } = await openStore(options, () => fail(trapped()));
  const session = new SqliteSession(database, TURNS);
  const tools = {
    session,
    define: (/** @type {any} */ definition) => defineLocally(database, session, TURNS, definition),
    exportBytes: () => contentOf(database),
    importBytes: (/** @type {Uint8Array[]} */ pieces) => replaceContent(database, pieces),
  };
  const tell = (/** @type {unknown} */ error) => {
    const reason = explain(error);
    if (isCleared()) fail(reason, true);
    return reason;
  };
  return { tools, explain: tell, verify, close };
}

const trapped = () =>
  new HawserError('ERR_CORE_CRASHED', 'SQLite trapped and was given up; what was committed is kept. Open the connection again.', { phase: 'query' });

scope.onmessage = (/** @type {MessageEvent} */ { data }) => {
  if (data.op === 'open') {
    const tellPage = (/** @type {any} */ message, /** @type {Transferable[]} */ transfer = []) => scope.postMessage(message, transfer);
    locateFiles(data.files);
    member = new Member({ ...data, tellPage, open: () => open(data) });
    member.join().catch((error) => member?.refuse(error));
  } else if (data.op === 'bye') {
    void member?.leave();
  } else {
    member?.handle(data);
  }
};

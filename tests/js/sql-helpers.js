/**
 * What the tests of SQL connections share.
 */
import { afterEach } from '@jest/globals';
import { createHawser } from '../../js/index.js';

/** @typedef {import('../../js/connections/sql.js').SqlConnection} SqlConnection */

/** @type {{ close(): Promise<void> }[]} */
const open = [];

afterEach(async () => {
  for (const hawser of open.splice(0)) await hawser.close().catch(() => {});
});

const MEMORY = 'sqlite://';
let urlOfNext = () => MEMORY;

/** Whether makeConnection() opens databases in memory. */
export const inMemory = () => urlOfNext() === MEMORY;

/**
 * From now on makeConnection() opens other databases: for files that run the tests of another one again.
 * @param {() => string} url Of the next one.
 */
export const connectTo = (url) => void (urlOfNext = url);

/**
 * A connection of its own instance, closed after the test, to a database with pet_owners (Ada's cat and Bo's dog) and visits.
 * @param {Record<string, any>} [config]
 * @param {import('../../js/hawser.js').HawserOptions} [options]
 */
export async function makeConnection(config = {}, options = {}) {
  const clock = { time: 1_700_000_000_000, now: () => clock.time };
  const hawser = createHawser({ secrets: [], clock, ...options });
  open.push(hawser);
  const conn = /** @type {SqlConnection} */ (await hawser.connection('pets_db', { type: 'sql', url: urlOfNext(), ...config }));
  await conn.execute(`create table pet_owners (id integer primary key, person text not null, pet text);
    insert into pet_owners (person, pet) values ('Ada', 'cat'), ('Bo', 'dog'); create table visits (owner int, at text)`, { timeout: Infinity });
  return { conn, hawser, clock };
}

/** A promise and what ends it. */
export function makeGate() {
  /** @type {(value?: any) => void} */
  let open = () => {};
  const promise = new Promise((resolve) => (open = resolve));
  return { promise, open };
}

/** Lets everything that is ready run. */
export const settle = () => new Promise((resolve) => setImmediate(resolve));

/**
 * function() and aggregate() of connections.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from '@jest/globals';
import { inMemory, makeConnection, makeGate, settle } from './sql-helpers.js';
import { errorOf } from './sqlite-helpers.js';

const folder = mkdtempSync(join(tmpdir(), 'hawser-functions-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** @param {any} conn @param {string} expression @param {object} [options] */
const value = async (conn, expression, options) => (await conn.query(`select ${expression} as value`, options)).at(0).value;

test('a function and an aggregate', async () => {
  const { conn } = await makeConnection();
  expect(await conn.function('shout', { deterministic: true }, (/** @type {string} */ text) => `${text.toUpperCase()}!`)).toBe(undefined);
  expect((await conn.query('select shout(person) as name from pet_owners order by id')).toArray()).toEqual([{ name: 'ADA!' }, { name: 'BO!' }]);
  await conn.aggregate('list', { start: () => [], step: (/** @type {any[]} */ list, /** @type {any} */ x) => void list.push(x), result: (/** @type {any[]} */ list) => list.join('+') });
  expect(await value(conn, '(select list(person order by person desc) from pet_owners)')).toBe('Bo+Ada');
  const rows = [];
  for await (const table of conn.stream('select shout(pet) as pet from pet_owners')) rows.push(...table.toArray());
  expect(rows).toEqual([{ pet: 'CAT!' }, { pet: 'DOG!' }]);
  expect(await conn.transaction((tx) => tx.query("select shout('in') as x").then((table) => table.toArray()))).toEqual([{ x: 'IN!' }]);
});

test('may be defined before anything else, without waiting', async () => {
  const { hawser } = await makeConnection();
  const conn = /** @type {any} */ (await hawser.connection('fresh', { type: 'sql', url: 'sqlite://' }));
  const defined = [conn.function('one', () => 1), conn.function('two', () => 2), conn.aggregate('three', { step: () => 3 })];
  expect(await value(conn, 'one() + two()')).toBe(3);
  await Promise.all(defined);
});

test('is there again when the connection was opened anew', async () => {
  const { conn } = await makeConnection();
  await conn.function('answer', () => 41);
  await conn.function('answer', () => 42);
  await conn.function('answer', (/** @type {number} */ x) => x);
  await conn.aggregate('count_twice', { start: 0, step: (/** @type {number} */ n, /** @type {any} */ _) => n + 2 });
  for (let i = 0; i < 2; i++) {
    await conn.reset();
    expect(await value(conn, 'answer() + answer(1) + (select count_twice(1))', { cache: 'no-store' })).toBe(45);
  }
});

test('results that an old one has made are forgotten, others are not', async () => {
  const { conn } = await makeConnection();
  await conn.function('f', () => 1);
  await value(conn, '7');
  expect(await value(conn, 'f()')).toBe(1);
  await conn.function('g', () => 1);
  expect((await conn.query('select 7 as value')).cache?.state).toBe('hit');
  await conn.function('F', () => 2);
  expect(await value(conn, 'f()')).toBe(2);
});

test('what it throws is the cause, with the connection’s name', async () => {
  const { conn } = await makeConnection();
  await conn.function('fail', (/** @type {string} */ why) => {
    throw new RangeError(why);
  });
  expect(await errorOf(() => value(conn, "fail('too warm')"))).toMatchObject({
    code: 'ERR_QUERY', connection: 'pets_db', message: expect.stringContaining('fail() failed: too warm'), cause: { name: 'RangeError', message: 'too warm' },
  });
  const table = await conn.query('select person from pet_owners');
  expect(table.length).toBe(2);
});

test('a secret in its message is not shown', async () => {
  const { conn } = await makeConnection({}, { secrets: [{ values: { connections: { pets_db: { password: 'correct horse battery' } } } }] });
  await conn.function('fail', () => {
    throw new Error('cannot use correct horse battery');
  });
  const error = await errorOf(() => value(conn, 'fail()'));
  expect(`${error.message} ${error.cause?.message}`).not.toContain('correct horse battery');
});

test('a function that asks the same connection: the answer comes afterwards', async () => {
  const { conn } = await makeConnection();
  /** @type {Promise<any>[]} */
  const later = [];
  await conn.function('ask', (/** @type {string} */ person) => {
    later.push(conn.query('select pet from pet_owners where person = ?', { params: [person], cache: 'no-store' }), conn.execute('insert into visits values (1, ?)', { params: [person] }));
    return person;
  });
  for (const options of [{}, { cache: 'no-store' }]) {
    expect((await conn.query('select ask(person) as x from pet_owners order by id', options)).toArray()).toEqual([{ x: 'Ada' }, { x: 'Bo' }]);
  }
  expect((await Promise.all(later)).map((table) => table.toArray())).toEqual([[{ pet: 'cat' }], [], [{ pet: 'dog' }], [], [{ pet: 'cat' }], [], [{ pet: 'dog' }], []]);
  expect(await value(conn, '(select count(*) from visits)', { cache: 'no-store' })).toBe(4);
});

test('a function that asks the transaction that calls it', async () => {
  const { conn } = await makeConnection();
  /** @type {any} */
  let own;
  /** @type {any} */
  let inner;
  await conn.function('ask', () => {
    inner = errorOf(() => own.query('select 1'));
    return 7;
  });
  await conn.transaction(async (tx) => {
    own = tx;
    expect((await tx.query('select ask() as x')).toArray()).toEqual([{ x: 7 }]);
  });
  expect(await inner).toMatchObject({ code: 'ERR_TRANSACTION', message: expect.stringContaining('user function') });
});

test('an endless function is stopped between its calls', async () => {
  if (!inMemory()) return;
  const { conn } = await makeConnection();
  await conn.function('same', (/** @type {number} */ x) => x);
  const endless = 'with recursive n(i) as (select 1 union all select same(i) from n) select count(*) from n';
  expect(await errorOf(() => conn.query(endless, { timeout: '40ms' }))).toMatchObject({ code: 'ERR_TIMEOUT' });
});

test('while a transaction is under way', async () => {
  const { conn } = await makeConnection();
  const gate = makeGate();
  const long = conn.transaction(async (tx) => {
    await gate.promise;
    return tx.query('select f() as x').then((table) => table.toArray());
  });
  await settle();
  await conn.function('f', () => 5);
  gate.open();
  expect(await long).toEqual([{ x: 5 }]);
});

test('an export of a module', async () => {
  const { conn } = await makeConnection();
  const file = join(folder, 'functions.mjs');
  writeFileSync(file, `export const shout = (text) => text + '!'; export default (a, b) => a * b; export const sum = { start: 0, step: (s, x) => s + x }; export const seven = 7;`);
  const module = pathToFileURL(file);
  await conn.function('shout', { deterministic: true }, { module, name: 'shout' });
  await conn.function('times', { module: module.href });
  await conn.aggregate('plus', { module, name: 'sum' });
  await conn.aggregate('plus2', { varargs: false }, { module, name: 'sum' });
  await conn.reset();
  expect(await value(conn, "shout('a') || times(6, 7) || (select plus(id) || plus2(id) from (select 1 as id union all select 2))")).toBe('a!4233');
  expect(await errorOf(() => conn.function('f', { module, name: 'nothing' }))).toMatchObject({ name: 'TypeError', message: expect.stringContaining('"nothing"') });
  expect(await errorOf(() => conn.function('f', { module, name: 'seven' }))).toMatchObject({ name: 'TypeError', message: expect.stringContaining('no function') });
  expect(await errorOf(() => conn.aggregate('f', { module, name: 'shout' }))).toMatchObject({ name: 'TypeError', message: expect.stringContaining('step') });
  expect(await errorOf(() => conn.function('f', { module: `${module}.none` }))).toMatchObject({ code: 'ERR_CONNECTION_CONFIG', connection: 'pets_db' });
  expect(await value(conn, '1')).toBe(1);
});

test('what is wrong is not remembered', async () => {
  const { conn } = await makeConnection();
  await conn.function('f', () => 1);
  for (const [call, message] of /** @type {[() => Promise<void>, RegExp][]} */ ([
    [() => conn.function('f', /** @type {any} */ (7)), /must be a function/],
    [() => conn.function('f', /** @type {any} */ ({ safeIntegers: true }), () => 1), /int64/],
    [() => conn.aggregate('f', /** @type {any} */ ({})), /step must be a function/],
    [() => conn.aggregate('f', { start: [], step: () => 1 }), /share/],
  ])) {
    expect(await errorOf(call)).toMatchObject({ name: 'TypeError', message: expect.stringMatching(message) });
  }
  await conn.reset();
  expect(await value(conn, 'f()')).toBe(1);
});

test('on a closed connection', async () => {
  const { conn } = await makeConnection();
  await conn.close();
  expect(await errorOf(() => conn.function('f', () => 1))).toMatchObject({ code: 'ERR_CLOSED' });
});

test('a client that takes none', async () => {
  const { conn } = await makeConnection();
  const client = /** @type {any} */ (await conn.raw());
  Object.defineProperty(client, 'define', { value: undefined });
  expect(await errorOf(() => conn.function('f', () => 1))).toMatchObject({ code: 'ERR_NOT_SUPPORTED', message: expect.stringContaining('written in JavaScript') });
});

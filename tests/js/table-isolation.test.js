/** Tables are shared between readers: none of them can change what another one gets. */
import { describe, expect, test } from '@jest/globals';
import { Batches } from '../../js/table/batches.js';
import { FewRows } from '../../js/table/few_rows.js';
import { Schema } from '../../js/table/schema.js';
import { Table } from '../../js/table/table.js';
import { packed, vectorOf } from './random_tables.js';

describe('isolation: nobody can change what another reader gets', () => {
  const shared = () => {
    const loaded = Table.from([
      {
        id: 1,
        name: 'Rex',
        photo: new Uint8Array([1, 2]),
        born: new Date(0),
        tags: ['a', { b: [1] }],
        buffer: Buffer.from([7]),
        long: 2n,
      },
    ]);
    return [loaded, loaded.withCache({ state: 'hit', age: 1 }), loaded.withCache({ state: 'hit', age: 2 })];
  };
  const original = {
    id: 1,
    name: 'Rex',
    photo: new Uint8Array([1, 2]),
    born: new Date(0),
    tags: ['a', { b: [1] }],
    buffer: new Uint8Array([7]),
    long: 2n,
  };
  /** @param {any} row */
  const spoil = (row) => {
    row.photo.fill(99);
    row.buffer.fill(99);
    row.born.setTime(99);
    row.tags[1].b.push(99);
    row.tags.length = 1;
    row.name = 'changed';
    delete row.id;
  };
  const check = (/** @type {Table} */ table) => {
    expect(table.at(0)).toEqual(original);
    expect([...table]).toEqual([original]);
    expect(table.toArray()).toEqual([original]);
    for (const [name, value] of Object.entries(original)) expect([...table.column(name)]).toEqual([value]);
  };

  test('rows', () => {
    const [first, second] = shared();
    for (const row of [first.at(0), ...first, ...first.toArray()]) spoil(row);
    first.toJSON()[0].tags[1].b.push(99);
    check(first);
    check(second);
  });

  test('columns', () => {
    const [first, second, third] = shared();
    const values = (/** @type {string} */ name) => /** @type {any} */ (first.column(name));
    values('photo').get(0).fill(99);
    values('photo').toArray()[0].fill(99);
    [...values('photo')][0].fill(99);
    values('born').get(0).setTime(99);
    values('tags').get(0)[1].b.push(99);
    values('buffer').get(0).fill(99);
    values('name').toArray()[0] = 'changed';
    values('id')[0] = 99;
    values('long')[0] = 99n;
    expect(first.at(0)).toEqual(original);
    expect([...first]).toEqual([original]);
    check(second);
    check(third);
  });

  test('blobs out of the row packer', () => {
    for (const length of [1, 2, 100]) {
      const lists = Array.from({ length }, () => new Uint8Array([1, 2]));
      for (const vector of [
        packed(
          lists.map(() => 4),
          lists,
        ),
        vectorOf(lists, true),
      ]) {
        const table = new Table({
          schema: new Schema([{ name: 'a', type: 'buffer', nullable: true, databaseType: '' }]),
          batches: new Batches([{ length, vectors: [vector] }]),
        });
        for (const row of [table.at(-1), ...table, ...table.toArray(), { a: [...table.column('a')][0] }])
          /** @type {any} */ (row).a.fill(9);
        expect(table.toArray()).toEqual(lists.map((a) => ({ a })));
        expect(/** @type {any} */ (table.at(0)).a.buffer.byteLength).toBe(2);
      }
    }
    const few = new Table({
      schema: new Schema([{ name: 'a', type: 'buffer', nullable: true, databaseType: '' }]),
      batches: new Batches([new FewRows(1, 1, [new Uint8Array([1, 2])])]),
    });
    for (const row of [few.at(0), ...few, ...few.toArray(), { a: /** @type {any} */ (few.column('a')).get(0) }])
      /** @type {any} */ (row).a.fill(9);
    expect([few.at(0), ...few.toArray()]).toEqual([{ a: new Uint8Array([1, 2]) }, { a: new Uint8Array([1, 2]) }]);
  });

  test('whoever gave the values', () => {
    const bytes = new Uint8Array([1, 2, 3]);
    const row = { ...structuredClone(original), photo: bytes.subarray(0, 2), buffer: Buffer.from([7]) };
    const table = Table.from([row]);
    spoil(row);
    check(table);
    const list = [1, 2];
    const columns = { a: list, b: Float64Array.of(1, 2) };
    const made = Table.from(columns);
    list[0] = columns.b[0] = 99;
    list.push(3);
    expect(made.toArray()).toEqual([
      { a: 1, b: 1 },
      { a: 2, b: 2 },
    ]);
  });
});

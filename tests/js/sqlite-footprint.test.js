/**
 * Which tables a statement reads and writes, and what of it the driver reports.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { makeEngine, makeSession } from './sqlite-helpers.js';

const SCHEMA = `
  create table owners (id integer primary key, person text not null, pet text);
  create index owners_pet on owners (pet);
  create table pets (name text primary key, kind text) without rowid;
  create table visits (owner integer references owners (id) on delete cascade, at text);
  create table log (what text);
  create view cats as select o.person from owners o join pets p on p.name = o.pet where p.kind = 'cat';
  create trigger logged after insert on owners begin insert into log values (new.person); end;
  create trigger cats_insert instead of insert on cats begin insert into owners (person) values (new.person); end;
  create virtual table notes using fts5 (text);
  create temp table scratch (x);
  attach ':memory:' as other;
  create table other.far (x unique);
  insert into owners values (1, 'Ada', 'Tom');
`;

/** @type {import('../../js/sqlite/engine.js').Engine} */
let engine;
beforeAll(async () => {
  engine = await makeEngine();
});

async function make() {
  const made = await makeSession(engine);
  made.execute(SCHEMA);
  made.session.takeWrites();
  return made;
}

const sorted = (/** @type {readonly string[] | undefined} */ list) => list && [...list].sort();

describe('reads', () => {
  test.each([
    ['select * from owners', ['owners']],
    ['SELECT * FROM OWNERS', ['owners']],
    ['-- all\n select count(*) from owners', ['owners']],
    ["select pet from owners where pet = 'x'", ['owners']], // From the index alone.
    ['select kind from pets where name = ?', ['pets']],
    ['select * from cats', ['owners', 'pets']],
    ['with c as (select * from cats) select * from c, visits', ['owners', 'pets', 'visits']],
    ['select (select max(at) from visits), 1', ['visits']],
    ['select * from scratch', ['scratch']],
    ['select * from other.far', ['far']],
    ['values (1)', []],
    ['select 1', []],
    ['select * from notes', undefined],
    ['select * from json_each(?)', undefined],
    ["select * from pragma_table_info('owners')", undefined],
  ])('%s', async (sql, reads) => {
    const { session, close } = await make();
    const footprint = await session.footprint(sql);
    expect(footprint).toMatchObject({ readOnly: true, cacheable: true, writes: [] });
    expect(sorted(footprint.reads)).toEqual(reads);
    close();
  });

  test.each(['select last_insert_rowid()', 'select changes(), id from owners', 'select * from owners where id > total_changes()', 'pragma table_info(owners)', 'explain select 1'])(
    '%s is not cacheable',
    async (sql) => {
      const { session, close } = await make();
      expect(await session.footprint(sql)).toMatchObject({ readOnly: true, cacheable: false });
      close();
    },
  );
});

describe('writes', () => {
  test.each([
    ["insert into pets values ('Tom', 'cat')", ['pets']],
    ["insert into owners values (2, 'Bo', null)", ['log', 'owners']], // By the trigger.
    ["insert into cats values ('Cy')", ['log', 'owners']], // By the view's.
    ["update owners set pet = 'Rex' where id = 1", ['owners']],
    ["with n as (select 9 as id) insert into visits select id, 'now' from n", ['visits']],
    ["insert into pets values ('Tom', 'dog') on conflict do update set kind = 'dog'", ['pets']],
    ['insert into scratch values (1)', ['scratch']],
    ['insert into other.far values (1)', ['far']],
    ['delete from owners', undefined],
    ['delete from other.far', undefined],
    ["insert into notes values ('x')", undefined],
    ['create table more (x)', undefined],
    ['drop view cats', undefined],
    ['alter table owners add column age', undefined],
    ['vacuum', undefined],
    ['pragma user_version = 4', undefined],
    ['pragma case_sensitive_like = 1', undefined],
    ['pragma case_sensitive_like(1)', undefined],
    ["attach ':memory:' as third", undefined],
  ])('%s', async (sql, writes) => {
    for (const run of ['execute', 'query', 'stream']) {
      const { session, execute, query, stream, close } = await make();
      if (run === 'execute') execute(sql);
      else if (run === 'query') query(sql);
      else for await (const _ of stream(sql));
      const written = sorted(session.takeWrites());
      // A table touched through an index of its own is reported with it where SQLite does not tell whose it is.
      expect(written?.filter((name) => !name.startsWith('sqlite_autoindex'))).toEqual(writes);
      expect(session.takeWrites()).toEqual([]);
      close();
    }
  });

  test('cascades, when foreign keys are on', async () => {
    const { session, execute, close } = await make();
    const sql = 'delete from owners where id = ?';
    execute(sql, [7]);
    expect(session.takeWrites()).toEqual(['owners']);
    execute('pragma foreign_keys = on');
    session.takeWrites();
    execute(sql, [7]);
    expect(sorted(session.takeWrites())).toEqual(['owners', 'visits']);
    close();
  });

  test('reading and transactions write nothing', async () => {
    const { session, execute, query, close } = await make();
    query('select * from owners');
    query('pragma table_info(owners)');
    execute('begin; select * from cats; savepoint s; release s; commit');
    expect(session.takeWrites()).toEqual([]);
    close();
  });

  test('of executeMany, and of what failed', async () => {
    const { session, execute, executeMany, close } = await make();
    await executeMany('insert into pets values (?, ?)', [['a', 'b'], ['c', 'd']]);
    expect(session.takeWrites()).toEqual(['pets']);
    await executeMany('insert into pets values (?, ?)', [['e', 'f'], ['a', 'b']]).catch(() => {});
    expect(session.takeWrites()).toEqual(['pets']);
    expect(() => execute("insert into pets values ('a', 'b')")).toThrow();
    expect(session.takeWrites()).toEqual(['pets']);
    close();
  });
});

describe('after the schema has changed', () => {
  test('a view is another one', async () => {
    const { session, execute, close } = await make();
    const sql = 'select * from cats';
    expect(sorted((await session.footprint(sql)).reads)).toEqual(['owners', 'pets']);
    execute('drop view cats; create view cats as select * from visits');
    expect((await session.footprint(sql)).reads).toEqual(['visits']);
    close();
  });

  test('and was rolled back', async () => {
    const { session, execute, close } = await make();
    const insert = "insert into owners (person) values ('Di')";
    for (const back of ['rollback', 'rollback to s; release s; commit']) {
      execute('begin; savepoint s; drop trigger logged; drop view cats; create view cats as select * from visits');
      execute(insert);
      expect((await session.footprint('select * from cats')).reads).toEqual(['visits']);
      execute(back);
      session.takeWrites();
      execute(insert);
      expect(sorted(session.takeWrites())).toEqual(['log', 'owners']);
      expect(sorted((await session.footprint('select * from cats')).reads)).toEqual(['owners', 'pets']);
    }
    close();
  });

  test('a temporary table hides another one', async () => {
    const { session, execute, query, close } = await make();
    expect(query('select * from log').length).toBe(1);
    execute("create temp table log as select 'hidden' as what");
    expect(session.takeWrites()).toBe(undefined);
    expect(query('select * from log').toArray()).toEqual([{ what: 'hidden' }]);
    close();
  });
});

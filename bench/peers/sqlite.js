/**
 * Databases behind one small shape, whatever runs them. Programs for Node.js and for pages bring the libraries.
 *
 * @typedef {object} Peer
 * @property {string} name
 * @property {(sql: string) => unknown} exec
 * @property {(sql: string) => Record<string, unknown>[] | Promise<Record<string, unknown>[]>} objects All rows as objects.
 * @property {(sql: string, rows: unknown[][]) => unknown} insert All rows in one transaction.
 * @property {(sql: string, keys: number[]) => number | Promise<number>} lookup Reads a row as an object for each key; returns the sum of
 *   the lengths of their `note`.
 * @property {(sql: string) => number | Promise<number>} stream Reads all rows one after the other, keeping none; returns the sum of their
 *   first column.
 */
/**
 * @param {typeof import('../../js/index.js').createHawser} createHawser
 * @param {string} [url] Default: in memory.
 * @returns {Promise<Peer & { connection: any }>}
 */
export async function hawserPeer(createHawser, url = 'sqlite://') {
  const instance = createHawser({ secrets: [] });
  const connection = await instance.connection('bench', { type: 'sql', url });
  return {
    name: 'hawser',
    connection,
    exec: (sql) => connection.execute(sql),
    objects: async (sql) => (await connection.query(sql, { cache: 'no-store' })).toArray(),
    insert: (sql, rows) => connection.executeMany(sql, rows),
    async lookup(sql, keys) {
      let sum = 0;
      for (const key of keys) sum += (await connection.query(sql, { params: [key], cache: 'no-store' })).at(0).note.length;
      return sum;
    },
    async stream(sql) {
      let sum = 0;
      for await (const batch of connection.stream(sql)) {
        const values = batch.columnAt(0);
        for (let row = 0; row < values.length; row++) sum += values[row];
      }
      return sum;
    },
    close: () => instance.close(),
  };
}

/** @param {any} sqlite3 What the official package's init() gives. @returns {Peer} */
export function oo1Peer(sqlite3) {
  const db = new sqlite3.oo1.DB(':memory:');
  return {
    name: 'official oo1',
    exec: (sql) => db.exec(sql),
    objects: (sql) => db.exec({ sql, rowMode: 'object', returnValue: 'resultRows' }),
    insert: (sql, rows) =>
      db.transaction(() => {
        const statement = db.prepare(sql);
        for (const row of rows) statement.bind(row).stepReset();
        statement.finalize();
      }),
    lookup(sql, keys) {
      const statement = db.prepare(sql);
      let sum = 0;
      for (const key of keys) {
        statement.bind([key]);
        if (statement.step()) sum += statement.get({}).note.length;
        statement.reset();
      }
      statement.finalize();
      return sum;
    },
    stream(sql) {
      const statement = db.prepare(sql);
      let sum = 0;
      while (statement.step()) sum += statement.get(0);
      statement.finalize();
      return sum;
    },
    close: () => db.close(),
  };
}

/** @param {any} SQL What sql.js's init() gives. @returns {Peer} */
export function sqlJsPeer(SQL) {
  const db = new SQL.Database();
  return {
    name: 'sql.js',
    exec: (sql) => db.exec(sql),
    objects(sql) {
      const statement = db.prepare(sql);
      const rows = [];
      while (statement.step()) rows.push(statement.getAsObject());
      statement.free();
      return rows;
    },
    insert(sql, rows) {
      db.exec('begin');
      const statement = db.prepare(sql);
      for (const row of rows) statement.run(row);
      statement.free();
      db.exec('commit');
    },
    lookup(sql, keys) {
      const statement = db.prepare(sql);
      let sum = 0;
      for (const key of keys) sum += statement.getAsObject([key]).note.length;
      statement.free();
      return sum;
    },
    stream(sql) {
      const statement = db.prepare(sql);
      let sum = 0;
      while (statement.step()) sum += statement.get()[0];
      statement.free();
      return sum;
    },
    close: () => db.close(),
  };
}

/** @param {any} WaSqlite The package. @param {any} module What its factory gives. @returns {Promise<Peer>} */
export async function waSqlitePeer(WaSqlite, module) {
  const sqlite3 = WaSqlite.Factory(module);
  const db = await sqlite3.open_v2(':memory:');
  /** @param {string} sql @param {(statement: number) => Promise<void>} use */
  const each = async (sql, use) => {
    for await (const statement of sqlite3.statements(db, sql)) await use(statement);
  };
  return {
    name: 'wa-sqlite',
    exec: (sql) => sqlite3.exec(db, sql),
    async objects(sql) {
      const rows = [];
      await each(sql, async (statement) => {
        const names = sqlite3.column_names(statement);
        while ((await sqlite3.step(statement)) === WaSqlite.SQLITE_ROW) {
          const row = {};
          for (let c = 0; c < names.length; c++) row[names[c]] = sqlite3.column(statement, c);
          rows.push(row);
        }
      });
      return rows;
    },
    async insert(sql, rows) {
      await sqlite3.exec(db, 'begin');
      await each(sql, async (statement) => {
        for (const row of rows) {
          sqlite3.bind_collection(statement, row);
          await sqlite3.step(statement);
          await sqlite3.reset(statement);
        }
      });
      await sqlite3.exec(db, 'commit');
    },
    async lookup(sql, keys) {
      let sum = 0;
      await each(sql, async (statement) => {
        const names = sqlite3.column_names(statement);
        for (const key of keys) {
          sqlite3.bind(statement, 1, key);
          await sqlite3.step(statement);
          const row = {};
          for (let c = 0; c < names.length; c++) row[names[c]] = sqlite3.column(statement, c);
          sum += row.note.length;
          await sqlite3.reset(statement);
        }
      });
      return sum;
    },
    async stream(sql) {
      let sum = 0;
      await each(sql, async (statement) => {
        while ((await sqlite3.step(statement)) === WaSqlite.SQLITE_ROW) sum += sqlite3.column(statement, 0);
      });
      return sum;
    },
    close: () => sqlite3.close(db),
  };
}

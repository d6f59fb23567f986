/**
 * A program in TypeScript that uses Hawser's declarations, as strictly as they can be checked. It is compiled, not run.
 */
import {
  BaseConnection,
  cacheData,
  connection,
  createHawser,
  ERROR_CODES,
  HawserError,
  secrets,
  sql,
  Table,
  type ColumnInfo,
  type Hawser,
  type HawserErrorCode,
  type FilesConnection,
  type HttpConnection,
  type SqlConnection,
  type Transaction,
} from 'hawser';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const is = <_ extends true>(): void => {};

// The four lines.
const conn = await connection('pets_db');
is<Equal<typeof conn, SqlConnection>>();
const owners = await conn.query('select * from pet_owners', { ttl: '10m' });
for (const { person, pet } of owners) console.log(person, pet);

// Results.
is<Equal<typeof owners, Table>>();
is<Equal<typeof owners.cache.state, 'hit' | 'stale' | 'joined' | 'miss' | 'bypass'>>();
const columns: readonly ColumnInfo[] = owners.columns;
const total: number = owners.length + owners.cache.age + owners.rowsAffected;
const last = owners.at(-1);
console.log(last?.person, columns[0]?.type === 'integer', total);
const ages = owners.column('age');
if (ages instanceof Float64Array) console.log(ages.reduce((a, b) => a + b));
// @ts-expect-error A table does not change.
owners.length = 3;
// @ts-expect-error Nor does its description.
owners.columns[0]!.name = 'x';

// Parameters and options.
await conn.query('select :a', { params: { a: 1n }, ttl: 60, staleWhileRevalidate: '1h', tags: ['t'], int64: 'bigint' });
await conn.query('select ?', { params: [new Uint8Array(1)], signal: AbortSignal.timeout(1000), cache: 'reload' });
await conn.sql`select ${1}`;
await conn.with({ ttl: '1h' }).sql`select ${new Date()}`;
await conn.query(sql`select ${1}`);
// @ts-expect-error There is no such kind of integer.
await conn.query('select 1', { int64: 'float' });
// @ts-expect-error A statement is a text or a fragment.
await conn.query(7);

// Writing.
await conn.executeMany('insert into t values (?)', [[1], [2]]);
await conn.executeMany('insert into t values (:a)', { a: new Float64Array(3) });
const done = await conn.transaction(async (tx: Transaction) => {
  await tx.execute('insert into t values (1)');
  return 'done' as const;
});
is<Equal<typeof done, 'done'>>();
for await (const batch of conn.stream('select * from t', { batchSize: 100 })) is<Equal<typeof batch, Table>>();

// The database as a whole.
for await (const table of conn.watch('select 1', { params: [], distinct: false })) is<Equal<typeof table, Table>>();
for await (const table of conn.with({ ttl: '1h' }).watch(sql`select ${1}`)) is<Equal<typeof table, Table>>();
const [table] = await conn.tables({ schema: 'main' });
const [column] = await conn.columns(table?.name ?? ['main', 'pets']);
const known: 'table' | 'view' | 'virtual' | 'shadow' | undefined = table?.type;
if (table) await conn.columns(table);
console.log(known, column?.primaryKey, column?.generated === 'stored', column?.default?.length);
// @ts-expect-error What is listed does not change.
column!.name = 'x';
const image: Uint8Array = await conn.export({ signal: AbortSignal.timeout(1000) });
await conn.import(image);
await conn.import(fetch('/pets.db'));
await conn.import(new Blob([]).stream());
const copy = await connection('copy', { type: 'sql', url: 'sqlite://', content: () => fetch('/pets.db'), readOnly: true });
is<Equal<typeof copy, SqlConnection>>();
await conn.backup(copy);
// @ts-expect-error Text is no database.
await conn.import('pets.db');
await conn.query('insert into t values (1) returning a', { invalidates: false });

// Limits and functions.
await conn.query('select 1', { timeout: '500ms', signal: AbortSignal.timeout(1000) });
await conn.transaction((tx) => tx.query('select 1', { timeout: Infinity }), { timeout: 5 });
await conn.function('twice', (x: number) => 2 * x);
await conn.function('next', { deterministic: true, int64: 'bigint' }, (x: bigint) => x + 1n);
await conn.function('slug', { module: new URL('https://example.com/functions.js'), name: 'slug' });
await conn.aggregate('list', { start: () => [] as unknown[], step: (list: unknown[], value: unknown) => void list.push(value), result: JSON.stringify });
await conn.aggregate('median', { deterministic: true }, { module: './functions.js' });
// @ts-expect-error Its name is int64.
await conn.function('next', { safeIntegers: true }, (x: bigint) => x + 1n);
// @ts-expect-error A timeout is no date.
await conn.query('select 1', { timeout: new Date() });

// A class of one's own.
class Weather extends BaseConnection<{ temperature(city: string): Promise<number> }> {
  override async connect(config: Record<string, unknown>) {
    return { temperature: async (city: string) => city.length + Object.keys(config).length };
  }

  async temperature(city: string): Promise<number> {
    return this.cached('temperature', [city], async () => (await this.raw()).temperature(city), { ttl: '5m' });
  }
}
const weather = await connection('weather', { type: Weather });
const api = await connection('api', { type: 'http', url: 'https://api.example.com/v1', auth: { type: 'bearer', token: async () => 'token' } });
is<Equal<typeof api, HttpConnection>>();
const user = await api.get<{ name: string }>('users/1', { params: { with: ['posts', 'likes'] }, ttl: '10m', cacheControl: true });
const name: string = user.name;
for await (const page of api.pages('users', { records: 'data', paginate: { type: 'cursor', path: 'meta.next' } })) is<Equal<typeof page, Table>>();
const users: Table = await api.read('users.csv', { types: { id: 'integer' }, limit: 10 });
const created: Response = await api.request('users', { method: 'POST', body: { name } });
const { pets } = await api.query<{ pets: string[] }>('{ pets }', { variables: { a: 1 } });
// @ts-expect-error There is no such strategy.
api.pages('users', { paginate: 'endless' });
console.log(users, created, pets);
const lake = await connection('lake', { type: 's3', url: 's3://bucket', credentials: async () => ({ accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c' }) });
is<Equal<typeof lake, FilesConnection>>();
const file = await lake.open('a.parquet', { timeout: '5s' });
const part: Uint8Array = await file.slice(0, 4);
for await (const { path, size } of lake.list('a/', { recursive: false, ttl: '1m' })) console.log(path, size, part);
// @ts-expect-error Its name is expires.
console.log(await lake.url('a.parquet', { expiresIn: 60 }), (await lake.write('a.csv', new Blob([]), { ifNoneMatch: '*' })).etag);
is<Equal<typeof weather, Weather>>();
const degrees: number = await weather.temperature('Oslo');

// Instances, secrets, errors.
const hawser: Hawser = createHawser({ secrets: [{ toml: 'a = 1' }, { values: { b: 2 } }], merge: 'deep', clock: { now: () => 0 } });
await using other = createHawser({ secrets: [] });
await hawser.secrets.load({ toml: 'c = 3', name: 'late' });
console.log(secrets.get('a', degrees), secrets.has('a'), other.stats().hits);
// @ts-expect-error An option that does not exist.
createHawser({ secretz: [] });
// @ts-expect-error There are two ways to merge.
createHawser({ merge: 'sideways' });
const square = cacheData(async (x: number) => x * x, { ttl: '1m' });
const nine: number = await square(3);
try {
  await hawser.close();
} catch (error) {
  if (error instanceof HawserError) {
    const code: HawserErrorCode = error.code;
    console.log(ERROR_CODES[code], error.connection, nine);
  }
}

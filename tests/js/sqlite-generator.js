/**
 * Random schemas, values and queries for SQLite.
 */

/** @typedef {ReturnType<typeof import('./sqlite-helpers.js').makeChance>} Chance */

const TYPES = ['', 'integer', 'int', 'real', 'double', 'text', 'varchar(20)', 'blob', 'numeric', 'boolean', 'datetime', 'any', 'decimal(10,2)'];

const TEXTS = [
  '', ' ', 'a', 'Ada', 'cat', '12', '-7.5', '1e3', '9007199254740993', 'naïve', 'ß', '日本語', '😀', '👨‍👩‍👧', 'e\u0301', '\ufeff', '\ufeffBOM', 'a\0b', '\0',
  'O\'Neil "q" `b` [c]', 'line\nbreak\r\n', '\u2028', '\ufffd', '\u{10ffff}', 'x'.repeat(200), 'é'.repeat(90), '😀'.repeat(50), 'mixed é 😀 \0 end',
];

const INTEGERS = [
  0, 1, -1, 7, 255, 65536, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 2 ** 32, 2 ** 53 - 1, -(2 ** 53) + 1, 2n ** 53n, -(2n ** 53n), 2n ** 53n + 1n,
  2n ** 63n - 1n, -(2n ** 63n), 5n, 0n,
];

const REALS = [0.5, -0, -1.25, 1e300, -1e300, 5e-324, 1.7976931348623157e308, Infinity, -Infinity, 0.1 + 0.2, 2 ** 60, 1e15, 123456789.125];

/** Values that only SQL can make. */
const MADE = [
  "cast(x'ff' as text)", "cast(x'c3' as text)", "cast(x'e282' as text)", "cast(x'eda080' as text)", "cast(x'f09f98' as text)", "cast(x'80' as text)",
  "cast(x'61ff62' as text)", 'zeroblob(0)', 'zeroblob(17)', "x''", "'a' || char(0) || 'b'", '-9223372036854775808', '9e999', '-9e999', "cast('x' as blob)", 'null',
  "cast(x'9f9880' as text)", "cast(x'efbbbf61' as text)",
];

/** @param {Chance} chance */
export function makeGenerator(chance) {
  const { below, pick } = chance;

  /** @returns {unknown} */
  const value = () => {
    switch (below(9)) {
      case 0:
        return null;
      case 1:
      case 2:
        return pick(INTEGERS);
      case 3:
        return below(2000) - 1000;
      case 4:
        return pick(REALS);
      case 5:
        return below(2) === 1;
      case 6:
        return below(3) ? Uint8Array.from({ length: below(12) }, () => below(256)) : new Date(below(2 ** 31) * 1000);
      default:
        return pick(TEXTS);
    }
  };

  const tables = Array.from({ length: 1 + below(3) }, (_, t) => {
    const name = `t${t}`;
    const uniform = below(3) === 0; // Columns of one kind are packed another way.
    const columns = Array.from({ length: 1 + below(6) }, (_, c) => ({
      name: `c${c}`, type: pick(TYPES), only: uniform ? pick([() => below(1000), () => below(1000) / 8, () => pick(TEXTS), () => null]) : undefined,
    }));
    const rowCount = pick([0, 1, 3, 5, 40, 90]);
    const names = columns.map((column) => column.name);
    return {
      name, names,
      ddl: `create table ${name} (${columns.map((column) => `${column.name} ${column.type}`).join(', ')})`,
      insert: `insert into ${name} values (${names.map(() => '?').join(', ')})`,
      rows: Array.from({ length: rowCount }, () => columns.map(({ only }) => (only ? only() : value()))),
      extra: uniform ? [] : Array.from({ length: below(6) }, () => `insert into ${name} values (${names.map(() => pick(MADE)).join(', ')})`),
    };
  });

  /** @type {unknown[]} */
  let params = [];

  /** @param {string[]} columns @param {number} depth @returns {string} */
  const expression = (columns, depth = 0) => {
    const again = () => expression(columns, depth + 1);
    if (depth > 2 || below(3) === 0) {
      if (below(5) > 0) return pick(columns);
      if (below(2)) return pick(MADE);
      params.push(value());
      return '?';
    }
    return pick([
      () => `(${again()} ${pick(['+', '-', '*', '/', '%', '||', '=', '<', '>=', 'is', 'and', 'or', '&', '|', '<<', 'like'])} ${again()})`,
      () => `${pick(['length', 'upper', 'lower', 'typeof', 'hex', 'abs', 'quote', 'unicode', 'round', 'trim', 'octet_length'])}(${again()})`,
      () => `coalesce(${again()}, ${again()})`,
      () => `case when ${again()} then ${again()} else ${again()} end`,
      () => `cast(${again()} as ${pick(['integer', 'real', 'text', 'blob', 'numeric'])})`,
      () => `substr(${again()}, ${below(5) - 2}, ${below(4)})`,
      () => `(${again()} in (${again()}, ${again()}))`,
      () => `(-${again()})`,
      () => `iif(${again()} is null, ${again()}, ${again()})`,
      () => `printf('%s|%d|%g', ${again()}, ${again()}, ${again()})`,
      () => `json_array(${again()})`,
    ])();
  };

  /** @returns {{ sql: string, params: unknown[] }} */
  const query = () => {
    params = [];
    const main = pick(tables);
    const other = pick(tables);
    const joined = below(3) === 0;
    const columns = main.names.map((name) => `a.${name}`);
    if (joined) columns.push(...other.names.map((name) => `b.${name}`));
    const grouped = below(4) === 0;
    const some = () => expression(columns);
    const key = some();
    // Placeholders are numbered from left to right: each clause is made in the order of the text.
    const selected = grouped
      ? [key, ...Array.from({ length: 1 + below(3) }, () => `${pick(['count', 'sum', 'min', 'max', 'avg', 'total', 'group_concat'])}(${some()})`)]
      : [...(below(4) ? [] : ['a.*']), key, ...Array.from({ length: below(4) }, some)];
    let sql = `select ${below(6) ? '' : 'distinct '}${selected.map((text, i) => (text === 'a.*' ? text : `${text} as x${i % 3}`)).join(', ')} from ${main.name} a`;
    if (joined) sql += ` ${pick(['left join', 'join', 'full join', 'cross join'])} ${other.name} b on a.${pick(main.names)} ${pick(['=', 'is', '<'])} b.${pick(other.names)}`;
    if (below(2)) sql += ` where ${some()}`;
    if (grouped) sql += ` group by 1`;
    if (below(2)) sql += ` order by ${below(selected.length) + 1}${pick(['', ' desc'])}`;
    if (below(4) === 0) sql += ` limit ${below(30)} offset ${below(5)}`;
    return { sql, params };
  };

  return { tables, query };
}

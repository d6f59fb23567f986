/** The sql tag: values are bound, everything else is part of the text. */
import { describe, expect, test } from '@jest/globals';
import { compile, sql, SqlFragment, STANDARD, textOf } from '../../js/sql/template.js';

/** @type {import('../../js/sql/template.js').Dialect} As in PostgreSQL and MySQL. */
const NUMBERED = { placeholder: (index) => `$${index + 1}`, quote: (name) => `\`${name.replaceAll('`', '``')}\`` };

/** @param {SqlFragment} fragment @param {import('../../js/sql/template.js').Dialect} [dialect] */
const parts = (fragment, dialect) => {
  const { text, params } = compile(fragment, dialect);
  return [text, ...params];
};

describe('values', () => {
  test('an escape that JavaScript does not know is told, and not made "undefined"', () => {
    expect(() => sql`select '\u' as a, ${1} as b`).toThrow(/A \\ in the template begins an escape/);
  });

  test('are bound in order', () => {
    expect(parts(sql`select ${1}, ${'x'}, ${null}`)).toEqual(['select ?, ?, ?', 1, 'x', null]);
    expect(parts(sql`select 1`)).toEqual(['select 1']);
    expect(parts(sql``)).toEqual(['']);
    expect(parts(sql`${1}`)).toEqual(['?', 1]);
    expect(parts(sql`${1}${2}`, NUMBERED)).toEqual(['$1$2', 1, 2]);
  });

  test('are never pasted, whatever they are', () => {
    const evil = "'; drop table pets; --";
    const bytes = new Uint8Array([1]);
    const date = new Date(0);
    const look = { strings: ['drop table pets'], values: [], write: () => {} };
    for (const value of [evil, '?', ':a', 0, -0, 1n, true, undefined, bytes, date, look, new Map(), sql, () => 1]) {
      const { text, params } = compile(sql`select ${value} as a`);
      expect(text).toBe('select ? as a');
      expect(params[0]).toBe(value);
    }
  });

  test('arrays are refused, with what to write instead', () => {
    for (const list of [[], [1, 2], [[1]]]) {
      expect(() => compile(sql`select * from t where id in (${list})`)).toThrow(TypeError);
      expect(() => compile(sql`select * from t where id in (${list})`)).toThrow('sql.list');
    }
    expect(() => compile(sql`a ${sql`b ${[1]}`}`)).toThrow('sql.list');
    expect(() => compile(sql`a ${sql.list([1, [2]])}`)).toThrow('sql.list');
  });

  test('an array is refused when the same template has been compiled with a value before', () => {
    const make = (/** @type {unknown} */ value) => sql`select ${value}`;
    expect(parts(make(1))).toEqual(['select ?', 1]);
    expect(() => compile(make([1]))).toThrow(TypeError);
    expect(parts(make(sql`now()`))).toEqual(['select now()']);
    expect(parts(make(sql.id('a')))).toEqual(['select "a"']);
    expect(parts(make(2))).toEqual(['select ?', 2]);
  });
});

describe('fragments', () => {
  test('stand in other templates, with their values in place', () => {
    const adults = sql`age > ${18}`;
    const where = sql`where ${adults} and name = ${'Ada'}`;
    expect(parts(sql`select ${0} from t ${where} limit ${10}`, NUMBERED)).toEqual([
      'select $1 from t where age > $2 and name = $3 limit $4',
      0,
      18,
      'Ada',
      10,
    ]);
    expect(parts(sql`${adults} or ${adults}`, NUMBERED)).toEqual(['age > $1 or age > $2', 18, 18]);
    expect(parts(sql`a${sql``}b`)).toEqual(['ab']);
  });

  test('may be chosen and built up', () => {
    const filters = [sql`a = ${1}`, sql`b = ${2}`, sql`c = ${3}`];
    const all = filters.reduce((left, right) => sql`${left} and ${right}`);
    expect(parts(sql`where ${all}`)).toEqual(['where a = ? and b = ? and c = ?', 1, 2, 3]);
  });

  test('are immutable', () => {
    const fragment = sql`select ${1}`;
    expect(Object.isFrozen(fragment)).toBe(true);
    expect(Object.isFrozen(sql.id('a'))).toBe(true);
  });

  test('are not text', () => {
    for (const piece of [sql`a = ${1}`, sql.id('a'), sql.raw('a'), sql.list([1])]) {
      expect(() => `select * from t where ${piece}`).toThrow('sql tag');
      expect(() => 'select ' + piece).toThrow(TypeError);
    }
  });
});

describe('sql.id', () => {
  test('quotes as the dialect does', () => {
    expect(parts(sql`select ${sql.id('my "odd" `name`')}`)).toEqual(['select "my ""odd"" `name`"']);
    expect(parts(sql`select ${sql.id('my "odd" `name`')}`, NUMBERED)).toEqual(['select `my "odd" ``name```']);
    expect(parts(sql`${sql.id('main', 'pets', 'id')}`)).toEqual(['"main"."pets"."id"']);
    expect(parts(sql`${sql.id('a.b')} ${sql.id('*')} ${sql.id(' ')} ${sql.id('ü😀')}`)).toEqual([
      '"a.b" "*" " " "ü😀"',
    ]);
  });

  test('takes names only', () => {
    for (const wrong of [[], [''], ['a', ''], ['a\0b'], [1], [null], [undefined], [['a']], [{ toString: () => 'a' }]]) {
      expect(() => sql.id(.../** @type {any} */ (wrong))).toThrow(TypeError);
    }
  });
});

describe('sql.list', () => {
  test('binds each value', () => {
    expect(parts(sql`in (${sql.list([1, 'x', null])})`, NUMBERED)).toEqual(['in ($1, $2, $3)', 1, 'x', null]);
    expect(parts(sql`${sql.list([1])}`)).toEqual(['?', 1]);
  });

  test('takes anything that can be iterated over, once', () => {
    const generate = function* () {
      yield* [1, 2];
    };
    const generated = sql.list(generate());
    for (const list of [sql.list(new Set([1, 2])), sql.list(Float64Array.of(1, 2)), generated, generated]) {
      expect(parts(sql`${list}`)).toEqual(['?, ?', 1, 2]);
    }
  });

  test('may hold fragments and identifiers', () => {
    expect(parts(sql`select ${sql.list([sql.id('a'), sql`max(b, ${7})`, 8])} from t`, NUMBERED)).toEqual([
      'select "a", max(b, $1), $2 from t'.replaceAll('"', '`'),
      7,
      8,
    ]);
    const rows = [
      [1, 2],
      [3, 4],
    ].map((row) => sql`(${sql.list(row)})`);
    expect(parts(sql`values ${sql.list(rows)}`)).toEqual(['values (?, ?), (?, ?)', 1, 2, 3, 4]);
  });

  test('keeps what it was given', () => {
    const ids = [1, 2];
    const list = sql.list(ids);
    ids.push(3);
    expect(parts(sql`${list}`)).toEqual(['?, ?', 1, 2]);
  });

  test('refuses no values and what is no list', () => {
    expect(() => sql.list([])).toThrow('in ()');
    for (const wrong of ['abc', 7, null, undefined, { a: 1 }])
      expect(() => sql.list(/** @type {any} */ (wrong))).toThrow('sql.list()');
  });
});

describe('sql.raw', () => {
  test('is pasted as it is', () => {
    expect(parts(sql`select * from t order by a ${sql.raw('desc, b')} limit ${1}`)).toEqual([
      'select * from t order by a desc, b limit ?',
      1,
    ]);
    expect(parts(sql`a${sql.raw('')}b`)).toEqual(['ab']);
  });

  test('takes text only', () => {
    for (const wrong of [1, null, undefined, ['a'], sql`a`])
      expect(() => sql.raw(/** @type {any} */ (wrong))).toThrow(TypeError);
  });
});

describe('compile', () => {
  const find = (/** @type {unknown} */ id) => sql`select * from pets where id = ${id}`;

  test('builds the text of one template once per dialect', () => {
    const asked = /** @type {number[]} */ ([]);
    const dialect = { ...NUMBERED, placeholder: (/** @type {number} */ index) => `$${asked.push(index)}` };
    for (const id of [1, 2, 3]) expect(parts(find(id), dialect)).toEqual(['select * from pets where id = $1', id]);
    expect(asked).toEqual([0]);
    expect(parts(find(4))).toEqual(['select * from pets where id = ?', 4]);
    expect(parts(find(5), NUMBERED)).toEqual(['select * from pets where id = $1', 5]);
  });

  test('does not take one template for another', () => {
    const tags = [sql`select ${1} as a`, sql`select ${1} as a`, sql`select ${1} as b`];
    expect(tags.map((tag) => compile(tag).text)).toEqual(['select ? as a', 'select ? as a', 'select ? as b']);
  });

  test('remembers nothing of templates that can change', () => {
    const strings = /** @type {any} */ (Object.assign(['select ', ''], { raw: [] }));
    expect(parts(sql(strings, 1))).toEqual(['select ?', 1]);
    strings[0] = 'values ';
    expect(parts(sql(strings, 1))).toEqual(['values ?', 1]);
  });

  test('does not change the fragment', () => {
    const fragment = sql`a ${1} ${sql`b ${2}`}`;
    expect(parts(fragment)).toEqual(parts(fragment));
    expect(fragment.values[0]).toBe(1);
  });

  test('takes text as written, not raw', () => {
    expect(parts(sql`select '\n' || ${1}`)).toEqual(["select '\n' || ?", 1]);
  });
});

describe('textOf', () => {
  test('takes text with parameters, or a tagged statement without', () => {
    expect(textOf('select ?', [1])).toEqual({ text: 'select ?', params: [1] });
    expect(textOf('select 1', undefined)).toEqual({ text: 'select 1', params: undefined });
    expect(textOf(sql`select ${1}`, undefined)).toMatchObject({ text: 'select ?', params: [1] });
    expect(textOf(sql`select ${1}`, undefined, NUMBERED)).toMatchObject({ text: 'select $1', params: [1] });
    expect(() => textOf(sql`select ${1}`, [1])).toThrow('params');
  });

  test('refuses what is neither', () => {
    for (const wrong of [
      null,
      undefined,
      1,
      {},
      ['select 1'],
      { strings: ['select 1'], values: [] },
      sql.raw('select 1'),
    ]) {
      expect(() => textOf(/** @type {any} */ (wrong), undefined)).toThrow('sql tag');
    }
  });
});

test('the tag is not to be called as a function', () => {
  const pretend = Object.assign(['select 1', ''], { raw: [] });
  for (const wrong of [['select 1'], [['select 1']], [undefined], [], [sql`a`], [pretend], [pretend, 1, 2]]) {
    expect(() => /** @type {any} */ (sql)(...wrong)).toThrow('sql is a tag');
  }
});

test('the dialect that is the default', () => {
  expect([STANDARD.placeholder(3), STANDARD.quote('a"b')]).toEqual(['?', '"a""b"']);
});

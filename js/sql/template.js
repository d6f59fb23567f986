/**
 * The `sql` tag: SQL text with values that are always bound, never pasted.
 *
 *     sql`select * from ${sql.id('pets')} where age > ${3} and kind in (${sql.list(['cat', 'dog'])})`
 */

/**
 * How a dialect writes its placeholders and identifiers.
 * @typedef {object} Dialect
 * @property {(index: number) => string} placeholder Of the parameter at `index`, from 0.
 * @property {(name: string) => string} quote An identifier.
 */

/** @type {Dialect} What SQLite takes. */
export const STANDARD = {
  placeholder: () => '?',
  quote: (name) => `"${name.replaceAll('"', '""')}"`,
};

/**
 * A piece of SQL. Immutable; may stand in another one's `${…}`.
 */
export class SqlFragment {
  /**
   * @param {readonly string[]} strings
   * @param {readonly unknown[]} values One fewer than strings: fragments, parts of SQL, or values to bind.
   */
  constructor(strings, values) {
    this.strings = strings;
    this.values = values;
    Object.freeze(this);
  }

  /** @returns {string} */
  toString() {
    throw notText();
  }
}

/** A part of SQL that is not a value: an identifier, a list, or raw text. */
class SqlPart {
  /** @param {(text: SqlText) => void} write */
  constructor(write) {
    this.write = write;
    Object.freeze(this);
  }

  /** @returns {string} */
  toString() {
    throw notText();
  }
}

const notText = () => new TypeError('This is a piece of SQL with values to bind, not text: put it into a template of the sql tag.');

/** Text and parameters on the way to a statement. */
class SqlText {
  text = '';
  /** @type {unknown[]} */
  params = [];

  /** @param {Dialect} dialect */
  constructor(dialect) {
    this.dialect = dialect;
  }

  /** @param {SqlFragment} fragment */
  add({ strings, values }) {
    this.text += strings[0];
    for (let i = 0; i < values.length; i++) {
      this.addValue(values[i]);
      this.text += strings[i + 1];
    }
  }

  /** @param {unknown} value What may stand in `${…}`. */
  addValue(value) {
    if (value instanceof SqlFragment) this.add(value);
    else if (value instanceof SqlPart) value.write(this);
    else this.bind(value);
  }

  /** @param {unknown} value */
  bind(value) {
    if (Array.isArray(value)) {
      throw new TypeError('An array cannot be bound as one value; write ${sql.list([…])} for a list of values.');
    }
    this.text += this.dialect.placeholder(this.params.length);
    this.params.push(value);
  }
}

/**
 * Texts of templates without fragments, by the template itself, which is one object per place in the source.
 * @type {WeakMap<Dialect, WeakMap<readonly string[], string>>}
 */
const texts = new WeakMap();

/**
 * Text and parameters of a fragment.
 * @param {SqlFragment} fragment
 * @param {Dialect} [dialect]
 * @returns {{ text: string, params: readonly unknown[] }}
 */
export function compile(fragment, dialect = STANDARD) {
  const { strings, values } = fragment;
  const plain = !values.some((value) => value instanceof SqlFragment || value instanceof SqlPart || Array.isArray(value));
  let known = texts.get(dialect);
  if (!known) texts.set(dialect, (known = new WeakMap()));
  const text = plain && known.get(strings);
  if (text) return { text, params: values };
  const built = new SqlText(dialect);
  built.add(fragment);
  if (plain && Object.isFrozen(strings)) known.set(strings, built.text);
  return built;
}

/**
 * Text and parameters of a statement in either form.
 * @template P
 * @param {string | SqlFragment} statement
 * @param {P} params With text only.
 * @param {Dialect} [dialect]
 * @returns {{ text: string, params: P | readonly unknown[] }}
 * @throws {TypeError}
 */
export function textOf(statement, params, dialect) {
  if (typeof statement === 'string') {
    if (params === null) throw new TypeError('params must be an array (for ?) or an object (for :name).');
    return { text: statement, params };
  }
  if (!(statement instanceof SqlFragment)) throw new TypeError('The statement must be text or made by the sql tag.');
  if (params !== undefined) throw new TypeError('params: the values of a tagged statement are in its template.');
  return compile(statement, dialect);
}

/**
 * Tags a template; the result is passed to query(), execute() or stream(), or put into another template.
 * @param {TemplateStringsArray} strings
 * @param {...unknown} values
 * @returns {SqlFragment}
 */
export function sql(strings, ...values) {
  if (!Array.isArray(strings) || !('raw' in strings) || strings.length !== values.length + 1) {
    throw new TypeError(
      'sql is a tag: write sql`select …`. For text that is not a literal there is sql.raw(text), which is not safe.',
    );
  }
  if (strings.includes(undefined)) throw new TypeError('A \\ in the template begins an escape that JavaScript does not know: write \\\\ for one backslash.');
  return new SqlFragment(strings, values);
}

/**
 * An identifier, quoted: `sql.id('my table')`, `sql.id('schema', 'table')`.
 * @param {...string} names
 * @throws {TypeError} for anything but text that is not empty and holds no NUL.
 */
sql.id = (...names) => {
  if (names.length === 0) throw new TypeError('sql.id() needs a name.');
  for (const name of names) {
    if (typeof name !== 'string' || name === '' || name.includes('\0')) {
      throw new TypeError('sql.id() takes names: text that is not empty.');
    }
  }
  return new SqlPart((out) => (out.text += names.map((name) => out.dialect.quote(name)).join('.')));
};

/**
 * Values separated by commas, each bound: `in (${sql.list(ids)})`. Fragments and identifiers may be among them.
 * @param {Iterable<unknown>} values
 * @throws {TypeError} when there are none: `in ()` is not SQL.
 */
sql.list = (values) => {
  if (values === null || typeof values !== 'object' || !(Symbol.iterator in values)) {
    throw new TypeError('sql.list() takes an array of values.');
  }
  const list = [...values];
  if (list.length === 0) throw new TypeError('sql.list() needs at least one value: "in ()" is not SQL.');
  return new SqlPart((out) =>
    list.forEach((value, i) => {
      if (i) out.text += ', ';
      out.addValue(value);
    }),
  );
};

/**
 * Text that is pasted as it is. Never pass what came from outside.
 * @param {string} text
 */
sql.raw = (text) => {
  if (typeof text !== 'string') throw new TypeError('sql.raw() takes text.');
  return new SqlPart((out) => (out.text += text));
};

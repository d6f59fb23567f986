/**
 * Names of tables as people write them: `pets`, `main.pets`, `"my.table"`, `[my table]`.
 */

/**
 * A name, quoted (`"…"`, `` `…` ``, `[…]`) or up to the next dot.
 */
const PART = /\s*(?:"((?:[^"]|"")+)"|`((?:[^`]|``)+)`|\[([^\]]+)\]|([^\s."`[\]](?:[^."`[\]]*[^\s."`[\]])?))\s*(\.|$)/y;

/**
 * @param {string} text
 * @returns {string[]} Its names, without quotes, e.g. schema and table.
 * @throws {TypeError}
 */
export function parseName(text) {
  const names = [];
  for (let at = 0, more = true; more; ) {
    PART.lastIndex = at;
    const match = PART.exec(text);
    if (!match) throw new TypeError(`${JSON.stringify(text)} is not the name of a table: write name, schema.name, or quote it, "a.b".`);
    const [all, double, back, square, bare, end] = match;
    names.push(double?.replaceAll('""', '"') ?? back?.replaceAll('``', '`') ?? square ?? /** @type {string} */ (bare));
    at += all.length;
    more = end === '.';
  }
  return names;
}

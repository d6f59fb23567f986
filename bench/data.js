/** Test data that is the same for all. */

export const CREATE = 'create table t (id integer primary key, x real, name text, note text)';
export const INSERT = 'insert into t values (?, ?, ?, ?)';

/**
 * Rows of int, real, text, text.
 * @param {number} count
 * @param {'ascii' | 'unicode'} script
 * @returns {[number, number, string, string][]}
 */
export const makeRows = (count, script) =>
  Array.from({ length: count }, (_, i) => [
    i + 1, (i + 1) * 1.5, script === 'ascii' ? `owner${i + 1}` : `Ømer Çelik ${i + 1}`,
    script === 'ascii' ? `a longer text note ${i + 1}` : `naïve café – 日本語 🙂 ${i + 1}`,
  ]);

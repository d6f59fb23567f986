/**
 * Bounds of a single call: `maxEntries` given with a read bounds the results of that statement (or verb), with whatever
 * parameters. They are a space of their own for the core, which lives as long as it holds anything; keys, tags and all
 * else stay those of the space that was read from.
 */

/** @typedef {import('./native.js').NativeCache} NativeCache */
/** @typedef {import('./space.js').Space} Space */
/** @typedef {import('./space.js').Entry} Entry */

/** @typedef {{ name: string, id: number, size: number }} Group `id`: the core's number. */

/**
 * The core's space for a new entry.
 * @param {NativeCache} native
 * @param {Space} space
 * @param {string} key
 * @param {number} maxEntries 0: no bound of the call's own.
 * @returns {Group | undefined} Undefined: that of the space itself.
 */
export function groupFor(native, space, key, maxEntries) {
  if (maxEntries === 0) return undefined;
  const name = `${maxEntries}/${statementOf(key)}`;
  let group = space.groups.get(name);
  if (!group) space.groups.set(name, (group = { name, id: native.addSpace(maxEntries, Infinity), size: 0 }));
  group.size += 1;
  return group;
}

/**
 * An entry has left the cache; its group goes when it was the last.
 * @param {NativeCache} native
 * @param {Entry} entry
 */
export function leaveGroup(native, { space, group }) {
  if (!group || --group.size > 0) return;
  native.closeSpace(group.id);
  space.groups.delete(group.name);
}

/**
 * The part of a key that calls with other parameters share: the number of a statement, or a verb.
 * @param {string} key
 */
function statementOf(key) {
  const statement = /^([a-z0-9]*;)?#\d+/.exec(key);
  if (statement) return statement[0];
  const verb = /^a\d+\[s(\d+):/.exec(key);
  return verb ? key.slice(verb[0].length, verb[0].length + Number(verb[1])) : '';
}

/**
 * All of the core's spaces that hold results of a space.
 * @param {Space} space
 * @returns {number[]}
 */
export const idsOf = (space) => [space.id, ...[...space.groups.values()].map(({ id }) => id)];

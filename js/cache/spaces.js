/**
 * The spaces of one cache, and the core's numbers for them.
 */
import { idsOf } from './groups.js';

/** @typedef {import('./native.js').NativeCache} NativeCache */
/** @typedef {import('./space.js').Space} Space */

export class Spaces {
  /** @type {Set<Space>} */
  open = new Set();

  /** Tells a core of one. @param {Space} space @param {NativeCache} native */
  add(space, native) {
    space.id = native.addSpace(space.maxEntries, space.maxBytes);
  }

  /** Tells a new core of all. @param {NativeCache} native */
  introduce(native) {
    for (const space of this.open) this.add(space, native);
  }

  /** There is no core any more. */
  forgetAll() {
    for (const space of this.open) {
      space.id = -1;
      space.entries.clear();
      space.groups.clear();
    }
  }
}

/** @param {NativeCache} native @param {Space} space */
export function statsOf(native, space) {
  const sum = { entries: 0, bytes: 0 };
  for (const id of idsOf(space)) {
    const { entries, bytes } = native.spaceStats(id);
    sum.entries += entries;
    sum.bytes += bytes;
  }
  return sum;
}

/**
 * Names of tags and the core's numbers for them. A name belongs to one space; the core says when it may be forgotten.
 */

/** @typedef {import('./native.js').NativeCache} NativeCache */
/** @typedef {import('./space.js').Space} Space */

export class TagNames {
  /** By number. @type {({ space: Space, name: string } | undefined)[]} */
  #known = [];

  /**
   * Hands the tags of the load that begins or ends next to the core.
   * @param {NativeCache} native
   * @param {Space} space
   * @param {readonly string[]} names
   */
  stage(native, space, names) {
    for (const name of names) {
      let id = space.tags.get(name);
      if (id === undefined) {
        id = native.addTag();
        space.tags.set(name, id);
        this.#known[id] = { space, name };
      }
      native.stageTag(id);
    }
  }

  /**
   * @param {NativeCache} native
   */
  forgetUnused(native) {
    for (let id = native.nextUnusedTag(); id >= 0; id = native.nextUnusedTag()) {
      const tag = this.#known[id];
      tag?.space.tags.delete(tag.name);
      this.#known[id] = undefined;
    }
  }

  forgetAll() {
    for (const tag of this.#known) tag?.space.tags.clear();
    this.#known = [];
  }
}

/**
 * Trees of values as bytes, on their way to the core and back: the other side of src/base/packed.h. Here tables are objects, arrays
 * ["a", …items], integers beyond 2^53 bigint; local dates and times ["l", text], which also stands for what the core cannot look into
 * (js/connections/config.js), offset date-times ["z", text].
 */

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** @typedef {unknown} Tree */

/**
 * @param {Tree} tree
 * @returns {Uint8Array} Nothing, which is no tree, when a text in it has a lone surrogate.
 */
export function pack(tree) {
  const writer = new Writer();
  try {
    writer.write(tree);
  } catch (error) {
    if (error === LONE_SURROGATE) return new Uint8Array();
    throw error;
  }
  return writer.bytes;
}

const LONE_SURROGATE = Symbol('lone surrogate');

class Writer {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #used = 0;

  get bytes() {
    return this.#bytes.subarray(0, this.#used);
  }

  /** @param {number} more */
  #reserve(more) {
    if (this.#used + more <= this.#bytes.length) return;
    const bytes = new Uint8Array(2 * (this.#used + more));
    bytes.set(this.bytes);
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }

  /** @param {string} tag */
  #tag(tag) {
    this.#reserve(9);
    this.#bytes[this.#used++] = tag.charCodeAt(0);
  }

  /** @param {number} count */
  #count(count) {
    this.#reserve(4);
    this.#view.setUint32(this.#used, count, true);
    this.#used += 4;
  }

  /** @param {string} text */
  #text(text) {
    if (/\p{Surrogate}/u.test(text)) throw LONE_SURROGATE;
    this.#reserve(4 + 3 * text.length);
    const { written } = encoder.encodeInto(text, this.#bytes.subarray(this.#used + 4));
    this.#count(written);
    this.#used += written;
  }

  /** @param {any} tree */
  write(tree) {
    if (typeof tree === 'string') {
      this.#tag('s');
      this.#text(tree);
    } else if (typeof tree === 'number' || typeof tree === 'bigint') {
      this.#number(tree);
    } else if (typeof tree === 'boolean') {
      this.#tag(tree ? 't' : 'f');
    } else if (tree === null) {
      this.#tag('n');
    } else if (!Array.isArray(tree)) {
      this.#table(tree);
    } else if (tree[0] === 'a') {
      this.#tag('a');
      this.#count(tree.length - 1);
      for (let i = 1; i < tree.length; i++) this.write(tree[i]);
    } else {
      this.#tag(tree[0]);
      this.#text(tree[1]);
    }
  }

  /** @param {number | bigint} number A bigint of 64 bits. */
  #number(number) {
    const integer = typeof number === 'bigint' || (Number.isSafeInteger(number) && !Object.is(number, -0));
    this.#tag(integer ? 'i' : 'd');
    if (integer) this.#view.setBigInt64(this.#used, BigInt(number), true);
    else this.#view.setFloat64(this.#used, /** @type {number} */ (number), true);
    this.#used += 8;
  }

  /** @param {Record<string, any>} table */
  #table(table) {
    const entries = Object.entries(table).filter(([, value]) => value !== undefined);
    this.#tag('o');
    this.#count(entries.length);
    for (const [key, value] of entries) {
      this.#text(key);
      this.write(value);
    }
  }
}

/**
 * What the core wrote, as above.
 * @param {Uint8Array} bytes
 * @returns {any}
 */
export function unpack(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const count = () => view.getUint32((at += 4) - 4, true);
  const text = () => {
    const length = count();
    return decoder.decode(bytes.subarray(at, (at += length)));
  };
  /** @type {() => any} */
  const read = () => {
    const tag = String.fromCharCode(bytes[at++]);
    switch (tag) {
      case 'o':
        return Object.fromEntries(Array.from({ length: count() }, () => [text(), read()]));
      case 'a':
        return ['a', ...Array.from({ length: count() }, read)];
      case 's':
        return text();
      case 'i': {
        const integer = view.getBigInt64((at += 8) - 8, true);
        return Number.isSafeInteger(Number(integer)) ? Number(integer) : integer;
      }
      case 'd':
        return view.getFloat64((at += 8) - 8, true);
      case 't':
        return true;
      case 'f':
        return false;
      case 'n':
        return null;
      default:
        return [tag, text()];
    }
  };
  return read();
}

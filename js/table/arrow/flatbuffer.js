/**
 * A FlatBuffer writer for the few small messages of Arrow: https://flatbuffers.dev/internals/. Front to back, every table
 * with a vtable of its own and its fields in order; all default values are written out, except those left out as undefined.
 *
 * A node is a function that writes itself and returns its position; references point forward, as the format demands.
 */

/** @typedef {(out: FlatBuffer) => number} Node */
/** @typedef {readonly [size: 1 | 2 | 4 | 8, value: number]} Scalar An integer. */

/** @param {number | boolean} value @returns {Scalar} */
export const byte = (value) => [1, Number(value)];
/** @param {number} value @returns {Scalar} */
export const short = (value) => [2, value];
/** @param {number} value @returns {Scalar} */
export const int = (value) => [4, value];
/** @param {number} value @returns {Scalar} */
export const long = (value) => [8, value];

class FlatBuffer {
  bytes = new Uint8Array(1024);
  view = new DataView(this.bytes.buffer);
  /** Bytes written. */
  length = 0;

  /**
   * Makes room for `size` bytes of zeros.
   * @param {number} size
   * @param {number} [align] Of what comes after the first `before` bytes.
   * @param {number} [before]
   * @returns {number} its position
   */
  reserve(size, align = 1, before = 0) {
    const at = this.length + ((align - ((this.length + before) % align)) % align);
    this.length = at + size;
    if (this.length > this.bytes.length) {
      const { bytes } = this;
      this.bytes = new Uint8Array(2 * this.length);
      this.bytes.set(bytes);
      this.view = new DataView(this.bytes.buffer);
    }
    return at;
  }

  /** @param {number} at @param {Scalar} scalar */
  put(at, [size, value]) {
    if (size === 1) this.view.setUint8(at, value);
    else if (size === 2) this.view.setUint16(at, value, true);
    else if (size === 4) this.view.setInt32(at, value, true);
    else this.view.setBigInt64(at, BigInt(value), true);
  }

  /** Writes a node and makes the reference at `at` point to it. @param {number} at @param {Node} node */
  refer(at, node) {
    const target = node(this);
    this.put(at, int(target - at));
  }
}

/**
 * @param {readonly (Scalar | Node | undefined)[]} fields In order of their numbers in the schema; undefined: not there.
 * @returns {Node}
 */
export const table = (fields) => (out) => {
  const sizes = fields.map((field) => (field === undefined ? 0 : typeof field === 'function' ? 4 : field[0]));
  let size = 4;
  const offsets = sizes.map((bytes) => {
    if (bytes === 0) return 0;
    const offset = Math.ceil(size / bytes) * bytes;
    size = offset + bytes;
    return offset;
  });
  const vtableSize = 4 + 2 * fields.length;
  const vtable = out.reserve(vtableSize + size, 8, vtableSize);
  const start = vtable + vtableSize;
  out.put(vtable, short(vtableSize));
  out.put(vtable + 2, short(size));
  out.put(start, int(vtableSize));
  offsets.forEach((offset, i) => out.put(vtable + 4 + 2 * i, short(offset)));
  fields.forEach((field, i) => {
    const at = start + /** @type {number} */ (offsets[i]);
    if (typeof field === 'function') out.refer(at, field);
    else if (field) out.put(at, field);
  });
  return start;
};

/**
 * @param {readonly Node[]} nodes
 * @returns {Node}
 */
export const vector = (nodes) => (out) => {
  const start = out.reserve(4 + 4 * nodes.length, 4);
  out.put(start, int(nodes.length));
  nodes.forEach((node, i) => out.refer(start + 4 + 4 * i, node));
  return start;
};

/**
 * A vector of structs of two 64-bit integers each.
 * @param {readonly (readonly [number, number])[]} pairs
 * @returns {Node}
 */
export const pairs = (pairs) => (out) => {
  const start = out.reserve(4 + 16 * pairs.length, 8, 4);
  out.put(start, int(pairs.length));
  pairs.flat().forEach((value, i) => out.put(start + 4 + 8 * i, long(value)));
  return start;
};

/**
 * @param {string} text
 * @returns {Node}
 */
export const string = (text) => (out) => {
  const utf8 = new TextEncoder().encode(text);
  const start = out.reserve(4 + utf8.length + 1, 4);
  out.put(start, int(utf8.length));
  out.bytes.set(utf8, start + 4);
  return start;
};

/**
 * @param {Node} root A table.
 * @returns {Uint8Array} padded to 8 bytes
 */
export function finish(root) {
  const out = new FlatBuffer();
  out.refer(out.reserve(4), root);
  out.reserve(0, 8);
  return out.bytes.subarray(0, out.length);
}

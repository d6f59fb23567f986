/**
 * What users see of a cache key: a name that is the same for the same key and tells nothing of it. The key itself has
 * the parameters of a statement in it, and one of those may be a secret.
 */

/** Once per character of a key: a lookup of a global costs more than the multiplication, a hundred times so in Jest. */
const { imul } = Math;

/** 128 bits of this process, so that nobody can find out a parameter by trying. Made at first use: a Worker forbids it before. @type {Uint32Array | undefined} */
let salt;

/**
 * @param {string} identity Of the space.
 * @param {string} key
 * @returns {string} 22 characters, 0-9 and a-z
 */
export function publicKey(identity, key) {
  salt ??= crypto.getRandomValues(new Uint32Array(4));
  return half(identity, key, salt[0], salt[1]) + half(key, identity, salt[2], salt[3]);
}

/**
 * 53 bits of two texts: two multiplicative hashes of 32 bits side by side.
 * @param {string} first
 * @param {string} second
 * @param {number} seedA
 * @param {number} seedB
 */
function half(first, second, seedA, seedB) {
  let a = 0xdeadbeef ^ seedA;
  let b = 0x41c6ce57 ^ seedB ^ first.length; // The length tells ('ab', 'c') from ('a', 'bc').
  for (const text of [first, second]) {
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      a = imul(a ^ unit, 2654435761);
      b = imul(b ^ unit, 1597334677);
    }
  }
  a = imul(a ^ (a >>> 16), 2246822507) ^ imul(b ^ (b >>> 13), 3266489909);
  b = imul(b ^ (b >>> 16), 2246822507) ^ imul(a ^ (a >>> 13), 3266489909);
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36).padStart(11, '0');
}

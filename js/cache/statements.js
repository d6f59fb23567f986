/**
 * Short keys for statements: the text is interned once, so that a hit hashes `#12,n7;` and not the text.
 */
import { encodeValue } from './key.js';

/** Texts known at a time. A text that is forgotten gets a new number: its old results are no longer found, and age out. */
const TEXT_LIMIT = 10_000;

/** @type {Map<string, number>} */
const numbers = new Map();
/** @type {Map<number, string>} */
const texts = new Map();
let last = 0;

/**
 * The number of a statement text.
 * @param {string} text
 */
export function internText(text) {
  let number = numbers.get(text);
  if (number === undefined) {
    if (numbers.size >= TEXT_LIMIT) {
      numbers.clear();
      texts.clear();
    }
    number = ++last;
    numbers.set(text, number);
    texts.set(number, text);
  }
  return number;
}

/**
 * The key of a statement with its parameters.
 * @param {number} number From {@link internText}.
 * @param {readonly unknown[] | Readonly<Record<string, unknown>> | undefined} params Positional or named.
 * @returns {string}
 * @throws {import('../errors.js').HawserError} ERR_CACHE_KEY
 */
export function statementKey(number, params) {
  if (params === undefined) return `#${number}`;
  if (!Array.isArray(params)) return `#${number},${encodeValue(params, 'params', [])}`;
  let key = `#${number},`;
  for (let i = 0; i < params.length; i++) {
    const value = params[i];
    key += typeof value === 'number' && value !== 0 ? `n${value};` : encodeValue(value, i, NO_ANCESTORS);
  }
  return key;
}

/** Shared: {@link encodeValue} leaves it as it found it. @type {import('./key.js').Ancestor[]} */
const NO_ANCESTORS = [];

/**
 * The key, also behind a variant (`bigint;`), with the text instead of its number, good beyond this process; undefined when the text was forgotten.
 * @param {string} key
 */
export function expandKey(key) {
  const [start, variant, number] = /^([a-z0-9]*;)?#(\d+)/.exec(key) ?? [];
  if (start === undefined) return key;
  const text = texts.get(Number(number));
  return text === undefined ? undefined : `${variant ?? ''}q${text.length}:${text}${key.slice(start.length)}`;
}

/**
 * The opposite of {@link expandKey}: the key as it is in memory here.
 * @param {string} key
 */
export function shortenKey(key) {
  const [start, variant, length] = /^([a-z0-9]*;)?q(\d+):/.exec(key) ?? [];
  if (start === undefined) return key;
  const end = start.length + Number(length);
  return `${variant ?? ''}#${internText(key.slice(start.length, end))}${key.slice(end)}`;
}

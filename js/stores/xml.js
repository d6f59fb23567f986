/**
 * A reader of the XML that object stores answer with: elements, text, entities, CDATA; whatever else a document may have is either
 * skipped (declaration, comments, processing instructions) or refused (document types, and with them entities of one's own).
 * There is no DOMParser in workers and on servers.
 */
import { HawserError } from '../errors.js';

/**
 * @typedef {object} Element
 * @property {string} name Without its prefix.
 * @property {Record<string, string>} attributes
 * @property {string} text All text in it, that of its children left out.
 * @property {Element[]} children
 */

const ENTITIES = /** @type {Record<string, string>} */ ({ lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" });

/** Nested deeper than this is no reply of a store. */
const DEPTH_LIMIT = 64;

const NAME = /[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?/y;
const SPACE = /[ \t\r\n]+/y;

class Reader {
  at = 0;

  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }

  /** @param {string} what */
  fail(what) {
    const before = this.text.slice(0, this.at).split('\n');
    const place = { line: before.length, column: /** @type {string} */ (before.at(-1)).length + 1, offset: this.at };
    return new HawserError('ERR_FORMAT', `The XML of a reply is malformed: ${what} at line ${place.line}, column ${place.column}.`, place);
  }

  /** @param {string} start */
  has(start) {
    return this.text.startsWith(start, this.at);
  }

  /** Up to `end`, which is skipped. @param {string} end @param {string} what */
  until(end, what) {
    const found = this.text.indexOf(end, this.at);
    if (found < 0) throw this.fail(`${what} that does not end`);
    const part = this.text.slice(this.at, found);
    this.at = found + end.length;
    return part;
  }

  /** @param {RegExp} pattern Sticky. */
  match(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  /** @param {string} what */
  name(what) {
    const found = this.match(NAME);
    if (found === undefined) throw this.fail(`no name of ${what}`);
    return found;
  }

  /** Declaration, comments and instructions, as far as they stand between elements. */
  misc() {
    for (;;) {
      this.match(SPACE);
      if (this.has('<?')) this.until('?>', 'an instruction');
      else if (this.has('<!--')) this.comment();
      else return;
    }
  }

  comment() {
    this.at += 4;
    this.until('-->', 'a comment');
  }

  /** @param {string} raw */
  decode(raw) {
    if (!raw.includes('&')) return raw;
    return raw.replace(/&(?:#(\d{1,7})|#x([\da-fA-F]{1,6})|([A-Za-z]+));|&/g, (whole, decimal, hex, name) => {
      const known = name === undefined ? undefined : Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : undefined;
      if (known !== undefined) return known;
      const code = decimal !== undefined ? Number(decimal) : hex !== undefined ? Number.parseInt(hex, 16) : NaN;
      if (!(code <= 0x10ffff) || code === 0 || (code >= 0xd800 && code <= 0xdfff)) throw this.fail(`an unknown entity ${whole.slice(0, 20)}`);
      return String.fromCodePoint(code);
    });
  }

  /** The element that begins here. @param {number} depth @returns {Element} */
  element(depth) {
    if (!this.has('<') || depth > DEPTH_LIMIT) throw this.fail(depth > DEPTH_LIMIT ? 'too many levels' : 'no element');
    this.at += 1;
    const full = this.name('an element');
    const attributes = this.attributes();
    /** @type {Element} */
    const element = { name: local(full), attributes, text: '', children: [] };
    if (this.has('/>')) {
      this.at += 2;
      return element;
    }
    if (!this.has('>')) throw this.fail(`a tag <${full} that does not end`);
    this.at += 1;
    this.content(element, full, depth);
    return element;
  }

  /** @returns {Record<string, string>} */
  attributes() {
    /** @type {Record<string, string>} */
    const attributes = Object.create(null);
    while (this.match(SPACE) && !this.has('>') && !this.has('/>')) {
      const name = this.name('an attribute');
      this.match(SPACE);
      if (!this.has('=')) throw this.fail(`an attribute ${name} without a value`);
      this.at += 1;
      this.match(SPACE);
      const quote = this.text[this.at];
      if (quote !== '"' && quote !== "'") throw this.fail(`an attribute ${name} without quotes`);
      this.at += 1;
      const value = this.until(quote, 'an attribute');
      if (value.includes('<') || name in attributes) throw this.fail(`an attribute ${name} that cannot be`);
      attributes[name] = this.decode(value);
    }
    return attributes;
  }

  /** @param {Element} element @param {string} full Its name, with its prefix. @param {number} depth */
  content(element, full, depth) {
    for (;;) {
      const next = this.text.indexOf('<', this.at);
      if (next < 0) throw this.fail(`an element <${full}> that does not end`);
      element.text += this.decode(this.text.slice(this.at, next).replace(/\r\n?/g, '\n'));
      this.at = next;
      if (this.has('</')) {
        this.at += 2;
        if (this.name('an element') !== full) throw this.fail(`the end of another element than <${full}>`);
        this.match(SPACE);
        if (!this.has('>')) throw this.fail('an end tag that does not end');
        this.at += 1;
        return;
      }
      if (this.has('<!--')) this.comment();
      else if (this.has('<![CDATA[')) {
        this.at += 9;
        element.text += this.until(']]>', 'a CDATA section');
      } else if (this.has('<?')) this.until('?>', 'an instruction');
      else if (this.has('<!')) throw this.fail('a declaration');
      else element.children.push(this.element(depth + 1));
    }
  }
}

/** @param {string} name */
const local = (name) => name.slice(name.indexOf(':') + 1);

/**
 * @param {string} text
 * @returns {Element} The root.
 * @throws {HawserError} ERR_FORMAT with line and column.
 */
export function parseXml(text) {
  const reader = new Reader(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  reader.misc();
  if (reader.has('<!')) throw reader.fail('a document type, which is not read');
  const root = reader.element(0);
  reader.misc();
  if (reader.at < reader.text.length) throw reader.fail('something after the end');
  return root;
}

/**
 * The children of an element that have a name.
 * @param {Element | undefined} element @param {string} name
 */
export const childrenOf = (element, name) => element?.children.filter((child) => child.name === name) ?? [];

/**
 * The first child with a name.
 * @param {Element | undefined} element @param {string} name
 */
export const childOf = (element, name) => element?.children.find((child) => child.name === name);

/**
 * The text of the first child with a name; undefined when there is none.
 * @param {Element | undefined} element @param {string} name
 */
export const textOf = (element, name) => childOf(element, name)?.text;

/**
 * Code and message of an error document, of whatever reply: undefined when it is none.
 * @param {string} text
 * @returns {{ code: string, message: string, element: Element } | undefined}
 */
export function errorDocument(text) {
  if (!/^\uFEFF?\s*</.test(text)) return undefined;
  try {
    const element = parseXml(text);
    const code = textOf(element, 'Code');
    return element.name === 'Error' && code ? { code, message: textOf(element, 'Message') ?? '', element } : undefined;
  } catch {
    return undefined; // A page of some proxy.
  }
}

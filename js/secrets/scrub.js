/**
 * Takes the values of secrets out of text that others wrote: messages of drivers, stacks, causes.
 *
 * What is taken out (docs/secrets.md): every text of 6 characters or more, under a key that names a credential of 4 or
 * more, unless it is ordinary, i.e. a number, a date, one of the words below, or the name of a key of the secrets. Of
 * URLs also the password and the user, and the values of their options that name credentials; of texts of several
 * lines, such as keys in PEM, also each line of 16 characters or more. All of them also as they look percent-encoded,
 * as JSON, and in base64.
 */
import { isTable } from './view.js';

const REPLACEMENT = '[redacted]';

/** A key that names a credential. */
export const CREDENTIAL_KEY =
  /pass(?:word|wd|phrase|code)?$|pwd|secret|token|api_?-?key|private|credential|auth(?:orization)?$|signature|^sig$|access_?-?key|account_?-?key|connection_?-?string|dsn$|cookie|session|salt|pin$/i;

/** Words that are values of configuration and no secrets. */
const ORDINARY = new Set(
  ('true false null none default localhost sqlite sqlite3 postgres postgresql mysql mariadb mssql oracle duckdb snowflake ' +
    'bigquery clickhouse trino redis mongodb turso libsql neon planetscale databricks redshift athena public private ' +
    'production staging development testing warehouse database username password account bearer basic header oauth2 ' +
    'api-key apikey service_account client_credentials authorization_code require required disable disabled prefer ' +
    'preferred enabled verify verify-ca verify-full https sqlite:// sqlite:///:memory: :memory: information_schema master ' +
    'readonly readwrite us-east-1 us-east-2 us-west-1 us-west-2 eu-west-1 eu-west-2 eu-west-3 eu-north-1 eu-central-1 ' +
    'ap-south-1 ap-southeast-1 ap-southeast-2 ap-northeast-1 gsheets').split(' '),
);

/** Numbers, dates, times. */
const PLAIN = /^[-+]?[\d._:,TZ -]*$/;

/**
 * The values that have been loaded so far, those that were replaced since included.
 */
export class Scrubber {
  /** @type {Map<string, boolean>} Each text, and whether it counts as a whole word only. */
  #values = new Map();
  /** @type {Set<string>} */
  #names = new Set();
  /** @type {[string, RegExp | undefined][] | undefined} The longest first. */
  #list;
  /** @type {any[]} Trees that have not been looked through yet: most programs never need it. */
  #pending = [];

  /**
   * Learns the values of a tree.
   * @param {any} tree A tree.
   */
  learn(tree) {
    this.#pending.push(tree);
    if (this.#pending.length > 8) this.#digest(); // Values that were replaced long ago need no whole tree each.
  }

  #digest() {
    if (this.#pending.length === 0) return;
    this.#list = undefined;
    for (const tree of this.#pending) this.#learnNames(tree);
    for (const tree of this.#pending.splice(0)) this.#walk(tree, '');
  }

  /** @param {any} tree */
  #learnNames(tree) {
    if (typeof tree !== 'object' || tree === null) return;
    for (const key of Object.keys(tree)) {
      if (!Array.isArray(tree)) this.#names.add(key);
      this.#learnNames(tree[key]);
    }
  }

  /** @param {any} tree @param {string} key */
  #walk(tree, key) {
    if (typeof tree === 'string') this.#value(tree, CREDENTIAL_KEY.test(key), key);
    else if (isTable(tree)) for (const name of Object.keys(tree)) this.#walk(tree[name], name);
    else if (Array.isArray(tree) && tree[0] === 'a') for (const item of tree.slice(1)) this.#walk(item, key);
    else if ((typeof tree === 'number' || typeof tree === 'bigint') && CREDENTIAL_KEY.test(key)) this.#value(String(tree), true, key);
  }

  /** @param {string} text @param {boolean} credential @param {string} key */
  #value(text, credential, key) {
    const trimmed = text.trim();
    if (trimmed.includes('\n')) {
      for (const line of trimmed.split(/\r?\n/)) if (line.trim().length >= 16) this.#add(line.trim(), false);
    }
    if (trimmed.includes('://')) this.#url(trimmed);
    const least = credential ? 4 : 6;
    if (trimmed.length < least || ORDINARY.has(trimmed.toLowerCase())) return;
    if (!credential && (PLAIN.test(trimmed) || this.#names.has(trimmed) || key === 'type')) return;
    this.#add(text, trimmed.length < 8);
    if (trimmed !== text) this.#add(trimmed, trimmed.length < 8);
  }

  /** @param {string} url */
  #url(url) {
    const [, user, password] = /:\/\/([^/?#@:]*)(?::([^/?#]*))?@/.exec(url) ?? [];
    for (const [part, least] of /** @type {const} */ ([[password, 1], [user, 6]])) {
      if (part === undefined || part.length < least || ORDINARY.has(part.toLowerCase())) continue;
      this.#add(part, part.length < 8);
      try {
        if (decodeURIComponent(part) !== part) this.#add(decodeURIComponent(part), part.length < 8);
      } catch {
        // It is not percent-encoded.
      }
    }
    for (const [, name, value] of url.matchAll(/[?&;]([^=&#;]+)=([^&#;]*)/g)) {
      if (CREDENTIAL_KEY.test(name) && value.length >= 4) this.#add(value, value.length < 8);
    }
  }

  /** @param {string} text @param {boolean} wordOnly */
  #add(text, wordOnly) {
    if (text === '' || REPLACEMENT.includes(text)) return;
    const forms = [text, JSON.stringify(text).slice(1, -1)];
    if (text.isWellFormed?.() ?? true) {
      try {
        forms.push(encodeURIComponent(text), new URLSearchParams([['', text]]).toString().slice(1));
      } catch {
        // A lone surrogate: it has no such form.
      }
    }
    if (text.length >= 8) forms.push(base64(text).replace(/=+$/, ''));
    for (const form of forms) if (!this.#values.has(form) || !wordOnly) this.#values.set(form, wordOnly);
  }

  /**
   * @param {string} text
   * @returns {string} The text with every value replaced by [redacted].
   */
  scrub(text) {
    this.#digest();
    this.#list ??= [...this.#values]
      .sort(([a], [b]) => b.length - a.length)
      .map(([value, wordOnly]) => [value, wordOnly ? wholeWord(value) : undefined]);
    for (const [value, pattern] of this.#list) {
      if (text.includes(value)) text = pattern ? text.replace(pattern, REPLACEMENT) : text.replaceAll(value, REPLACEMENT);
    }
    return text;
  }

  /** @param {string} text */
  #finds(text) {
    return this.scrub(text) !== text;
  }

  /**
   * An error without the values of secrets. Looks at the message, the stack, all properties, causes, and the errors of an
   * AggregateError.
   * @template T
   * @param {T} error
   * @returns {T} The error itself when there is none in it, otherwise a copy of the same class; properties that are no plain
   *   data (sockets, requests) are left out of it.
   */
  scrubError(error) {
    if (!this.#holds(error, new Set(), 0)) return error;
    return this.#copy(error, new Map());
  }

  /** @param {unknown} value @param {Set<object>} seen @param {number} depth @returns {boolean} */
  #holds(value, seen, depth) {
    if (typeof value === 'string') return this.#finds(value);
    if (typeof value !== 'object' || value === null || seen.has(value) || depth > 12 || seen.size > 20_000) return false;
    seen.add(value);
    if (ArrayBuffer.isView(value)) return false;
    return propertiesOf(value).some((key) => this.#finds(key) || this.#holds(valueOf(value, key), seen, depth + 1));
  }

  /** @param {any} value @param {Map<object, any>} copies @returns {any} */
  #copy(value, copies) {
    if (typeof value === 'string') return this.scrub(value);
    if (typeof value !== 'object' || value === null) return value;
    if (copies.has(value)) return copies.get(value);
    const error = isError(value);
    const prototype = Object.getPrototypeOf(value);
    const plain = Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null;
    if (!error && !plain) return this.#holds(value, new Set(), 0) ? undefined : value;
    const copy = Array.isArray(value) ? [] : Object.create(prototype);
    copies.set(value, copy);
    for (const key of propertiesOf(value)) {
      const enumerable = Object.prototype.propertyIsEnumerable.call(value, key);
      const clean = this.#copy(valueOf(value, key), copies);
      Object.defineProperty(copy, this.scrub(key), { value: clean, enumerable, configurable: true, writable: true });
    }
    return copy;
  }
}

/** @param {object} value */
const isError = (value) => Object.prototype.toString.call(value) === '[object Error]' || value instanceof Error;

/** Own properties, and of errors what may be inherited. @param {any} value */
function propertiesOf(value) {
  if (!isError(value)) return Array.isArray(value) ? Object.keys(value) : Object.getOwnPropertyNames(value);
  return [...new Set([...Object.getOwnPropertyNames(value), ...['message', 'stack', 'cause'].filter((key) => key in value)])];
}

/** @param {any} value @param {string} key */
function valueOf(value, key) {
  try {
    return value[key];
  } catch {
    return undefined; // A getter that throws.
  }
}

/** @param {string} value */
const wholeWord = (value) =>
  new RegExp(`(?<![\\p{L}\\p{N}_])${value.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&')}(?![\\p{L}\\p{N}_])`, 'gu');

/** @param {string} text */
const base64 = (text) => btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''));

/**
 * Which format data is in: by what is asked for, by the suffix of its name, by its content type, in that order.
 */

/** @typedef {'json' | 'ndjson' | 'csv' | 'tsv' | 'parquet' | 'arrow' | 'text' | 'bytes'} FormatName */

/**
 * @typedef {object} Format
 * @property {FormatName} name
 * @property {boolean} gzip Whether it is expected to be compressed.
 * @property {string} [charset] Of a text, where its content type says one. Otherwise UTF-8.
 */

/** Names of formats, and others for them. @type {Record<string, FormatName>} */
const NAMES = {
  json: 'json', ndjson: 'ndjson', jsonl: 'ndjson', jsonlines: 'ndjson', csv: 'csv', tsv: 'tsv', parquet: 'parquet', arrow: 'arrow',
  text: 'text', bytes: 'bytes',
};

/** @type {Record<string, FormatName>} */
const SUFFIXES = {
  ...NAMES, geojson: 'json', topojson: 'json', tab: 'tsv', pq: 'parquet', parq: 'parquet', feather: 'arrow', arrows: 'arrow', ipc: 'arrow',
  txt: 'text', md: 'text', log: 'text', html: 'text', xml: 'text', yaml: 'text', yml: 'text', toml: 'text', sql: 'text', bin: 'bytes',
};

/** @type {Record<string, FormatName>} */
const TYPES = {
  'application/json': 'json',
  'text/json': 'json',
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'application/jsonl': 'ndjson',
  'application/jsonlines': 'ndjson',
  'application/x-jsonlines': 'ndjson',
  'text/csv': 'csv',
  'application/csv': 'csv',
  'text/tab-separated-values': 'tsv',
  'application/vnd.apache.parquet': 'parquet',
  'application/x-parquet': 'parquet',
  'application/parquet': 'parquet',
  'application/vnd.apache.arrow.stream': 'arrow',
  'application/vnd.apache.arrow.file': 'arrow',
  'application/xml': 'text',
  'application/yaml': 'text',
  'application/javascript': 'text',
  'application/octet-stream': 'bytes',
};

const GZIP_TYPES = new Set(['application/gzip', 'application/x-gzip']);

/**
 * @param {object} what
 * @param {string} [what.format] A name: json, ndjson (jsonl), csv, tsv, parquet, arrow, text, bytes; with `.gz` after it when compressed.
 * @param {string} [what.path] A path or URL. Its last suffix counts, in upper or lower case; before `.gz` the one inside.
 * @param {string | null} [what.contentType] The header, with its parameters.
 * @param {boolean} [what.gzip] Whether it is compressed. Default: by `format`, suffix and content type.
 * @returns {Format}
 * @throws {TypeError} when there is no such format, or none can be told.
 */
export function formatOf({ format, path, contentType, gzip }) {
  const type = typeOf(contentType);
  const suffix = suffixOf(path);
  const known = named(format) ?? suffix.name ?? type.name;
  if (known === undefined) {
    const seen = [path === undefined ? '' : `the name "${lastOf(path)}"`, type.text && `the content type "${type.text}"`].filter(Boolean);
    throw new TypeError(`No format can be told by ${seen.join(' or ') || 'nothing'}: pass format, one of ${list()}.`);
  }
  const compressed = gzip ?? (isCompressed(format) || suffix.gzip || type.gzip);
  return type.charset === undefined ? { name: known, gzip: compressed } : { name: known, gzip: compressed, charset: type.charset };
}

/** The names, for messages. */
const list = () => Object.keys(NAMES).map((name) => `'${name}'`).join(', ');

/** @param {string | undefined} format */
const isCompressed = (format) => format !== undefined && /\.gz$/i.test(format);

/** @param {string | undefined} format @returns {FormatName | undefined} */
function named(format) {
  if (format === undefined) return undefined;
  const name = typeof format === 'string' ? format.toLowerCase().replace(/\.gz$/, '') : '';
  if (!Object.hasOwn(NAMES, name)) throw new TypeError(`format: there is no '${String(format)}'. There are: ${list()}.`);
  return NAMES[name];
}

/**
 * @param {string | undefined} path
 * @returns {{ name?: FormatName, gzip: boolean }}
 */
function suffixOf(path) {
  if (path === undefined) return { gzip: false };
  const found = /(?:\.([a-z0-9]+))?(?:\.(gz|gzip))$|\.([a-z0-9]+)$/i.exec(lastOf(path));
  const suffix = (found?.[1] ?? found?.[3] ?? '').toLowerCase();
  return { ...(Object.hasOwn(SUFFIXES, suffix) && { name: SUFFIXES[suffix] }), gzip: found?.[2] !== undefined };
}

/** The last part of a path; of a URL without its query, which may hold anything. @param {string} path */
function lastOf(path) {
  const name = /^[a-z][a-z0-9+.-]*:\/\//i.test(path) ? path.replace(/[?#].*$/s, '') : path;
  return name.slice(name.lastIndexOf('/') + 1);
}

/** @param {string | null | undefined} header @returns {{ text: string, name?: FormatName, charset?: string, gzip: boolean }} */
function typeOf(header) {
  if (!header) return { text: '', gzip: false };
  const [essence = '', ...parameters] = header.split(';').map((part) => part.trim());
  const text = essence.toLowerCase();
  const charset = parameters.map((part) => /^charset\s*=\s*"?([^"\s]+)"?$/i.exec(part)?.[1]).find(Boolean);
  const name = Object.hasOwn(TYPES, text) ? TYPES[text] : /\+json$/.test(text) ? 'json' : /^text\/|\+xml$/.test(text) ? 'text' : undefined;
  return { text, ...(name && { name }), ...(charset && { charset: charset.toLowerCase() }), gzip: GZIP_TYPES.has(text) };
}

/**
 * Where something is in a JSON text: for errors only, so it is made to be short rather than fast.
 */

const TOKEN = /[{}[\],:]|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
/** In a string: some text, or an escape. */
const PART = /[^"\\\u0000-\u001f]{1,10000}|\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;
const SPACE = /[ \t\n\r]*/y;

/** What may come next. */
const VALUE = 'a value';
const FIRST_VALUE = "a value or ']'";
const FIRST_NAME = "a name or '}'";
const NAME = 'a name in quotes';
const COLON = "':'";
const COMMA_ARRAY = "',' or ']'";
const COMMA_OBJECT = "',' or '}'";
const END = 'the end';

/**
 * @param {string} text
 * @param {number} [target] Offset of a token. Without one the first mistake is looked for.
 * @returns {{ offset: number, path: string, problem: string, valid: boolean }} Of the token, or of the mistake; the path as JavaScript
 *   writes it, `data.items[3].id`. `valid`: there is no mistake.
 */
export function locate(text, target = Infinity) {
  /** Of objects the name, of arrays the index. @type {(string | number)[]} */
  const path = [];
  /** @type {string} */
  let expected = VALUE;
  const after = () => (path.length === 0 ? END : typeof path[path.length - 1] === 'number' ? COMMA_ARRAY : COMMA_OBJECT);
  let at = skip(text, 0);
  for (; at < text.length && at < target; at = skip(text, at)) {
    const token = tokenAt(text, at);
    if (token === '') break;
    const closes =
      (token === ']' && (expected === FIRST_VALUE || expected === COMMA_ARRAY)) ||
      (token === '}' && (expected === FIRST_NAME || expected === COMMA_OBJECT));
    const isValue = expected === VALUE || expected === FIRST_VALUE;
    if (closes) {
      path.pop();
      expected = after();
    } else if (isValue && token === '{') {
      path.push('');
      expected = FIRST_NAME;
    } else if (isValue && token === '[') {
      path.push(0);
      expected = FIRST_VALUE;
    } else if (isValue && !'}],:'.includes(token)) {
      expected = after();
    } else if ((expected === NAME || expected === FIRST_NAME) && token[0] === '"') {
      path[path.length - 1] = JSON.parse(token);
      expected = COLON;
    } else if (expected === COLON && token === ':') {
      expected = VALUE;
    } else if (token === ',' && expected === COMMA_ARRAY) {
      path[path.length - 1] = Number(path[path.length - 1]) + 1;
      expected = VALUE;
    } else if (token === ',' && expected === COMMA_OBJECT) {
      expected = NAME;
    } else {
      break;
    }
    at += token.length;
  }
  const valid = at >= text.length && expected === END;
  return { offset: at, path: written(path), problem: `${foundAt(text, at)} where ${expected} is expected`, valid };
}

/** @param {string} text @param {number} at @returns {string} '' when there is none. */
function tokenAt(text, at) {
  if (text[at] !== '"') {
    TOKEN.lastIndex = at;
    return TOKEN.exec(text)?.[0] ?? '';
  }
  PART.lastIndex = at + 1;
  let end = at + 1;
  while (PART.test(text)) end = PART.lastIndex;
  return text[end] === '"' ? text.slice(at, end + 1) : '';
}

/** @param {string} text @param {number} at */
function foundAt(text, at) {
  if (at >= text.length) return 'it ends';
  if (text[at] !== '"') return `there is ${JSON.stringify(String.fromCodePoint(text.codePointAt(at) ?? 0))}`;
  return tokenAt(text, at) ? 'there is a string' : 'there is a string without an end, with a control character or with a wrong escape';
}

/** @param {string} text @param {number} at */
function skip(text, at) {
  SPACE.lastIndex = at;
  SPACE.exec(text);
  return SPACE.lastIndex;
}

/** @param {(string | number)[]} path */
function written(path) {
  return path.map((key, i) => {
    if (typeof key === 'number') return `[${key}]`;
    return /^[\w$]+$/.test(key) ? `${i ? '.' : ''}${key}` : `[${JSON.stringify(key)}]`;
  }).join('');
}

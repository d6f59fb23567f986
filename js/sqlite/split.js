/**
 * SQL text cut into statements and their parameters, by SQLite's own rules of tokens, for clients that tell neither.
 * Whatever is no valid SQL comes out in some way; SQLite refuses it when it is prepared.
 */

/**
 * @typedef {object} StatementText
 * @property {string} text Without the semicolon, with what stands before its first word.
 * @property {number} start Where it begins in the whole text, in UTF-16 units.
 * @property {number} end Where what follows begins, after the semicolon.
 * @property {readonly (string | null)[]} names Of its parameters, as sqlite3_bind_parameter_name gives them: with their sigil, null for
 *   `?` and for numbers that are not used.
 * @property {boolean} last Whether no other statement follows.
 */

/** Quoted texts need no care for doubled quotes: what looks like two tokens then is none that counts. */
const TOKEN =
  /(?<space>[ \t\n\f\r\uFEFF]+|--[^\n]*|\/\*[^]*?(?:\*\/|$))|(?<end>;)|(?<word>[A-Za-z_\x80-\uFFFF][\w$\x80-\uFFFF]*)|(?<number>\?[0-9]*)|(?<name>[$@:#](?:[\w$\x80-\uFFFF]|::)+(?:\([^\s)]*\))?)|'[^']*'?|"[^"]*"?|`[^`]*`?|\[[^\]]*\]?|[0-9][\w.$\x80-\uFFFF]*|[^]/gy;

// The states of sqlite3_complete(): a trigger ends at the semicolon after an END that stands behind a semicolon.
const START = 0;
const NORMAL = 1;
const EXPLAIN = 2;
const CREATE = 3;
const TRIGGER = 4;
const SEMICOLON = 5;
const END = 6;

/**
 * The state after a word, or after another token ('').
 * @param {number} state
 * @param {string} word In lower case.
 */
function after(state, word) {
  switch (state) {
    case START:
      return word === 'create' ? CREATE : word === 'explain' ? EXPLAIN : NORMAL;
    case EXPLAIN:
      return word === 'create' ? CREATE : word === 'query' || word === 'plan' ? EXPLAIN : NORMAL;
    case CREATE:
      return word === 'trigger' ? TRIGGER : word === 'temp' || word === 'temporary' ? CREATE : NORMAL;
    case SEMICOLON:
      return word === 'end' ? END : TRIGGER;
    case TRIGGER:
    case END:
      return TRIGGER;
    default:
      return NORMAL;
  }
}

/**
 * @param {string} sql
 * @param {number} [from] Where to begin.
 * @returns {StatementText | undefined} The first statement; undefined when there is none any more.
 */
export function nextStatement(sql, from = 0) {
  let state = START;
  let stop = sql.length;
  /** @type {(string | null)[]} */
  const names = [];
  TOKEN.lastIndex = from;
  for (let match = TOKEN.exec(sql); match; match = TOKEN.exec(sql)) {
    const { space, end, word, number, name } = /** @type {Record<string, string | undefined>} */ (match.groups);
    if (space !== undefined) continue;
    if (end === undefined) {
      state = after(state, word?.toLowerCase() ?? '');
      if (number !== undefined) addNumber(names, number);
      else if (name !== undefined && !names.includes(name)) names.push(name);
    } else if (state === TRIGGER || state === SEMICOLON) {
      state = SEMICOLON;
    } else if (state !== START) {
      stop = match.index;
      break;
    }
  }
  if (state === START) return undefined;
  const end = Math.min(stop + 1, sql.length);
  return { text: sql.slice(from, stop), start: from, end, names, last: !somethingAt(sql, end) };
}

/**
 * A `?` takes the number after the largest so far, `?7` its own.
 * @param {(string | null)[]} names @param {string} token
 */
function addNumber(names, token) {
  if (token === '?') {
    names.push(null);
    return;
  }
  const number = Number(token.slice(1));
  if (!(number >= 1 && number <= 250_000)) return; // No client takes it.
  while (names.length < number) names.push(null);
  names[number - 1] ??= token;
}

/** Whether there is anything but space, comments and semicolons. @param {string} sql @param {number} from */
function somethingAt(sql, from) {
  TOKEN.lastIndex = from;
  for (let match = TOKEN.exec(sql); match; match = TOKEN.exec(sql)) {
    if (match.groups?.space === undefined && match.groups?.end === undefined) return true;
  }
  return false;
}

/**
 * Where a token stands that is in the text just once; undefined when it is there more often or not at all.
 * @param {string} sql
 * @param {string} token A name may have dots: where its first part is.
 * @returns {number | undefined}
 */
export function placeOf(sql, token) {
  const parts = token.split('.');
  /** @type {number | undefined} */
  let place;
  /** @type {{ text: string, index: number }[]} */
  let recent = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(sql); match; match = TOKEN.exec(sql)) {
    if (match.groups?.space !== undefined) continue;
    recent = [...recent.slice(2 - 2 * parts.length || recent.length), { text: match[0], index: match.index }];
    if (recent.map(({ text }) => text).join('') !== token) continue;
    if (place !== undefined) return undefined;
    place = recent[0]?.index;
  }
  return place;
}

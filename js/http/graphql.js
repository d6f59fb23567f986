/**
 * GraphQL over HTTP: requests, and what their answers mean. Documents are looked through only to tell reads from writes.
 */
import { HawserError } from '../errors.js';

/** What answers are wanted as: the new media type tells errors of GraphQL from those of proxies. */
export const ACCEPT = 'application/graphql-response+json, application/json;q=0.9';

/**
 * @param {unknown} document A text, or what graphql-tag and code generators make of one.
 * @returns {string}
 * @throws {TypeError}
 */
export function documentText(document) {
  if (typeof document === 'string') return document;
  const body = /** @type {any} */ (document)?.loc?.source?.body;
  if (typeof body === 'string') return body;
  if (Object.prototype.toString.call(document) === '[object String]') return String(document);
  throw new TypeError('query(): the document must be a text, or a document that has its text (loc.source.body)');
}

/** Strings, comments and whatever else is one piece. */
const TOKEN = /"""(?:\\"""|[^])*?"""|"(?:\\.|[^"\\\n])*"|#[^\n\r]*|[_A-Za-z]\w*|[{}()[\]]|\.\.\.|[^]/g;

/**
 * @param {string} text
 * @param {string} [operationName]
 * @returns {'query' | 'mutation' | 'subscription'} Of the operation that is going to be run; of a document that cannot be told, 'query':
 *   the server says what is wrong with it.
 */
export function operationType(text, operationName) {
  /** @type {{ type: 'query' | 'mutation' | 'subscription', name: string | undefined }[]} */
  const operations = [];
  let depth = 0;
  let expectName = false;
  for (const [token] of text.matchAll(TOKEN)) {
    if (token.startsWith('#') || token.startsWith('"') || /^[\s,\ufeff]$/.test(token)) continue;
    if (token === '{' || token === '(' || token === '[') {
      if (depth === 0 && token === '{' && !expectDefinition(operations)) operations.push({ type: 'query', name: undefined });
      if (token === '{' && depth === 0) closeHead(operations);
      depth += 1;
      expectName = false;
    } else if (token === '}' || token === ')' || token === ']') depth -= 1;
    else if (depth === 0 && expectName && /^\w/.test(token)) {
      operations[operations.length - 1].name = token;
      expectName = false;
    } else if (depth === 0 && isHeadOver(operations) && /^(query|mutation|subscription|fragment)$/.test(token)) {
      operations.push({ type: /** @type {any} */ (token), name: undefined });
      expectName = true;
    } else expectName = false;
  }
  const runnable = operations.filter(({ type }) => /** @type {string} */ (type) !== 'fragment');
  const chosen = operationName === undefined ? runnable : runnable.filter(({ name }) => name === operationName);
  return (chosen.find(({ type }) => type !== 'query') ?? { type: 'query' }).type;
}

/** Marks that the body of a definition has begun. @param {any[]} operations */
const closeHead = (operations) => void (operations.length && (operations[operations.length - 1].begun = true));

/** Whether a keyword would begin another definition. @param {any[]} operations */
const isHeadOver = (operations) => operations.length === 0 || operations[operations.length - 1].begun === true;

/** Whether a body belongs to a definition that has a keyword. @param {any[]} operations */
const expectDefinition = (operations) => operations.length > 0 && operations[operations.length - 1].begun !== true;

/**
 * The data of an answer.
 * @param {any} answer Decoded.
 * @param {number} status
 * @returns {any}
 * @throws {HawserError} ERR_QUERY with `errors` and the partial `data`; ERR_FORMAT when it is no answer of GraphQL.
 */
export function dataOf(answer, status) {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer) || !('data' in answer || 'errors' in answer)) {
    const message = 'What came is no answer of a GraphQL server: it has neither data nor errors. Check the url.';
    throw new HawserError('ERR_FORMAT', message, { phase: 'query', status });
  }
  if (Array.isArray(answer.errors) && answer.errors.length > 0) throw graphqlError(answer, status);
  return answer.data ?? null;
}

/** @param {any} answer @param {number} status */
export function graphqlError({ errors, data }, status) {
  const [first] = errors;
  const where = Array.isArray(first?.path) ? ` (at ${first.path.join('.')})` : '';
  const others = errors.length > 1 ? `, and ${errors.length - 1} more in errors` : '';
  const partial = data === undefined || data === null ? '' : ' What came nevertheless is in data.';
  const said = String(first?.message ?? 'it does not say which');
  return new HawserError('ERR_QUERY', `The GraphQL server answered with an error: ${said}${where}${others}.${partial}`, {
    ...{ phase: 'query', status, errors, data: data ?? null },
  });
}

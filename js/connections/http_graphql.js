/**
 * GraphQL of an HTTP connection.
 */
import { ACCEPT, dataOf, documentText, graphqlError, operationType } from '../http/graphql.js';
import { readBytes } from '../http/bytes.js';
import { HawserError } from '../errors.js';
import { readValue } from '../formats/read.js';
import { sourceOf } from '../formats/source.js';
import { allBytes } from '../http/body.js';
import { either } from '../signals.js';
import { contextOf } from './base.js';
import { describeError } from './errors.js';
import { given, keptOf } from './http_answers.js';
import { checkOptions } from './http_options.js';
import { isRecord } from './options.js';

/** Bytes that are read of an answer that is an error. */
const MOST_OF_ERRORS = 1024 * 1024;

/**
 * @param {object} surroundings
 * @param {import('./base.js').BaseConnection<import('./http_client.js').HttpClient>} surroundings.connection
 * @param {import('./http_config.js').HttpSettings} surroundings.settings
 * @param {import('./http_reads.js').HttpReads} surroundings.reads
 * @param {import('./http_writes.js').HttpWrites} surroundings.writes
 * @param {unknown} document
 * @param {import('./http_options.js').GraphqlOptions} options
 * @returns {Promise<any>}
 */
export async function runGraphql({ connection, settings, reads, writes }, document, options) {
  checkOptions('query', options);
  const text = documentText(document);
  const { variables = {}, operationName, path = '', int64 } = options;
  if (!isRecord(variables)) throw new TypeError('variables: must be an object');
  const type = operationType(text, operationName);
  if (type === 'subscription') {
    const message = 'query(): subscriptions need a connection that stays open, which this one is not.';
    throw new HawserError('ERR_NOT_SUPPORTED', message, { connection: connection.name, phase: 'query' });
  }

  /** @param {import('./http_client.js').HttpClient} client */
  const request = (client) => {
    const headers = client.headers(options.headers);
    if (!new Headers(/** @type {any} */ (options.headers ?? {})).has('accept')) headers.set('accept', ACCEPT);
    headers.set('content-type', 'application/json');
    const given = Object.keys(variables).length > 0 ? { variables } : {};
    const body = JSON.stringify({ query: text, ...given, operationName });
    return { method: 'POST', url: client.address(path), headers, body };
  };
  const decode = async (/** @type {Response} */ response, /** @type {any} */ limits) => {
    const source = sourceOf(await allBytes(response, limits));
    return dataOf(await readValue(source, 'json', { int64 }), response.status);
  };
  const diagnose = (/** @type {{ response?: Response }} */ { response }) => response && errorsIn(response);

  try {
    // A query may be sent again although it is a POST.
    if (type === 'query') {
      const parts = ['graphql', path, text, operationName, variables];
      return await reads.read(settings, { verb: 'query', options, parts, request, decode, exchange: { repeatable: true, diagnose } });
    }
    return await writes.run('POST', options, () =>
      connection.use(async (client, { signal }) => {
        const limits = { ...client.options({ ...options, signal: either(options.signal, signal) }, 'query'), diagnose };
        const data = await client.exchange.receive(request(client), limits, (response, { call }) => decode(response, { ...limits, call }));
        return given(keptOf(data), { state: 'bypass', age: 0, key: '' });
      }, 'query'),
    );
  } catch (error) {
    throw describeError(contextOf(connection), error, 'query');
  }
}

/** What an answer with an error status says in the words of GraphQL. @param {Response} response */
async function errorsIn(response) {
  if (!/json/i.test(response.headers.get('content-type') ?? '')) return undefined;
  const { status } = response;
  if (status === 401 || status === 403) return undefined;
  try {
    const answer = JSON.parse(new TextDecoder().decode(await readBytes(response.clone().body, MOST_OF_ERRORS)));
    return Array.isArray(answer?.errors) && answer.errors.length > 0 ? graphqlError(answer, status) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The contract of Hugging Face's dataset viewer (OpenAPI), as far as requests and answers are checked against it; nothing without it.
 */
import { contractText } from './contracts.js';

/**
 * @returns {Promise<{ checked: boolean, request: (method: string, url: URL) => string[], response: (url: URL, status: number, body: any) => string[] }>}
 *   What is wrong with a request, and with an answer.
 */
export async function viewerContract() {
  const text = contractText('huggingface-dataset-viewer.openapi.json');
  if (text === undefined) return { checked: false, request: () => [], response: () => [] };
  const document = JSON.parse(text);
  const { Ajv2020 } = await import('ajv/dist/2020.js');
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'viewer', ...document });
  const deref = (/** @type {any} */ part) => (part?.$ref ? part.$ref.slice(2).split('/').reduce((/** @type {any} */ at, /** @type {string} */ key) => at[key], document) : part);
  return {
    checked: true,
    /** @param {string} method @param {URL} url @returns {string[]} */
    request(method, url) {
      const operation = document.paths[url.pathname]?.[method.toLowerCase()];
      if (!operation) return [`${method} ${url.pathname} is not in the contract`];
      const known = operation.parameters.map(deref).filter((/** @type {any} */ { in: place }) => place === 'query');
      const missing = known.filter((/** @type {any} */ { name, required }) => required && !url.searchParams.has(name));
      const unknown = [...url.searchParams.keys()].filter((name) => !known.some((/** @type {any} */ parameter) => parameter.name === name));
      return [...missing.map((/** @type {any} */ { name }) => `${url.pathname} lacks ${name}`), ...unknown.map((name) => `${url.pathname} knows no ${name}`)];
    },
    /** @param {URL} url @param {number} status @param {any} body @returns {string[]} */
    response(url, status, body) {
      const answer = deref(document.paths[url.pathname]?.get.responses[String(status)]);
      const reference = answer?.content?.['application/json']?.schema?.$ref;
      if (!answer) return [`${url.pathname} does not answer ${status}`];
      if (!reference) return [];
      const validate = ajv.getSchema(`viewer${reference}`);
      return validate && !validate(body) ? [`${url.pathname}: ${ajv.errorsText(validate.errors)}`] : [];
    },
  };
}

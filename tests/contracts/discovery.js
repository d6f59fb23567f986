/**
 * Google's discovery documents as contracts: which requests there are, which parameters and bodies they have, what is answered.
 */
import Ajv from 'ajv';
import { contractText } from './contracts.js';

/** What a schema of discovery says that is one of JSON Schema, too; nothing that is not named is allowed. */
function schemaOf(schema) {
  if (schema.$ref) return { $ref: `#/$defs/${schema.$ref}` };
  const { type, format, items, properties, additionalProperties, enum: list } = schema;
  if (type === 'any' || type === undefined) return {};
  if (type === 'array') return { type, items: schemaOf(items) };
  if (type === 'object') {
    return {
      type,
      properties: Object.fromEntries(Object.entries(properties ?? {}).map(([name, property]) => [name, schemaOf(property)])),
      additionalProperties: additionalProperties ? schemaOf(additionalProperties) : false,
    };
  }
  if (type === 'string' && format === 'int64') return { type, pattern: '^-?\\d+$' };
  if (type === 'integer' && format === 'int32') return { type, minimum: -(2 ** 31), maximum: 2 ** 31 - 1 };
  return list ? { type, enum: list } : { type };
}

/** @param {string} path As in the document: `v4/spreadsheets/{id}/values/{range}:append`. */
const patternOf = (path) =>
  new RegExp(`^/${path.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{\+(\w+)\}/g, '(.+)').replace(/\{\w+\}/g, '([^/]+?)')}$`);

/** @param {any} resource @returns {any[]} */
const methodsOf = (resource) => [...Object.values(resource.methods ?? {}), ...Object.values(resource.resources ?? {}).flatMap(methodsOf)];

/** By their texts: compiling one takes a while. @type {Map<string, { document: any, ajv: any, methods: any[] }>} */
const compiled = new Map();

/** @param {string} text */
function compile(text) {
  const document = JSON.parse(text);
  const ajv = new Ajv({ strict: false, allErrors: true });
  ajv.addSchema({ $id: 'contract', $defs: Object.fromEntries(Object.entries(document.schemas).map(([name, schema]) => [name, schemaOf(schema)])) });
  const methods = methodsOf(document).map((method) => ({ ...method, pattern: patternOf(document.servicePath + (method.flatPath ?? method.path)) }));
  // Of `values/{range}` and `values/{range}:append` the longer one is meant.
  methods.sort((a, b) => b.pattern.source.length - a.pattern.source.length);
  return { document, ajv, methods };
}

export class DiscoveryContract {
  #document;
  #ajv;
  #methods;
  /** What was against the contract so far. @type {string[]} */
  violations = [];
  checked = 0;

  /** @param {string} text The document. */
  constructor(text) {
    const { document, ajv, methods } = compiled.get(text) ?? compile(text);
    compiled.set(text, { document, ajv, methods });
    this.#document = document;
    this.#ajv = ajv;
    this.#methods = methods;
  }

  /** @param {string} file @returns {DiscoveryContract | undefined} undefined where no contracts are given. */
  static of(file) {
    const text = contractText(file);
    return text === undefined ? undefined : new DiscoveryContract(text);
  }

  /**
   * Notes what of one exchange is against the contract. Requests that were refused on purpose count as well: they have to be well formed.
   * @param {{ method: string, path: string, query: URLSearchParams, text: string, status: number, reply: string }} exchange
   */
  check({ method, path, query, text, status, reply }) {
    this.checked += 1;
    const note = (/** @type {string} */ what) => this.violations.push(`${method} ${path}: ${what}`);
    const found = this.#methods.find((one) => one.httpMethod === method && one.pattern.test(path));
    if (!found) return note('there is no such method');
    const parameters = { ...this.#document.parameters, ...found.parameters };
    for (const name of new Set(query.keys())) {
      const parameter = parameters[name];
      if (!parameter) note(`there is no parameter ${name}`);
      else this.#parameter(name, parameter, query.getAll(name), note);
    }
    const missing = Object.entries(found.parameters ?? {}).filter(([name, { location, required }]) => location === 'query' && required && !query.has(name));
    for (const [name] of missing) note(`the parameter ${name} is missing`);
    if (query.has('fields') && found.response) this.#mask(query.get('fields') ?? '', found.response.$ref, note);
    if (found.request) this.#body(text, found.request.$ref, 'the body', note);
    else if (text !== '' && !found.supportsMediaUpload) note('it has no body');
    if (status >= 200 && status < 300 && found.response && query.get('alt') !== 'media') this.#body(reply, found.response.$ref, 'the answer', note);
    return undefined;
  }

  /** @param {string} name @param {any} parameter @param {string[]} values @param {(what: string) => void} note */
  #parameter(name, { type, format, enum: list, repeated, pattern }, values, note) {
    if (values.length > 1 && !repeated) note(`the parameter ${name} is there ${values.length} times`);
    for (const value of values) {
      if (list && !list.includes(value)) note(`the parameter ${name} cannot be ${value}`);
      if (type === 'boolean' && !/^(true|false)$/.test(value)) note(`the parameter ${name} must be true or false`);
      if (type === 'integer' || format === 'int64' || format === 'uint32') if (!/^-?\d+$/.test(value)) note(`the parameter ${name} must be an integer`);
      if (pattern && !new RegExp(pattern).test(value)) note(`the parameter ${name} must look like ${pattern}`);
    }
  }

  /** @param {string} text @param {string} schema @param {string} where @param {(what: string) => void} note */
  #body(text, schema, where, note) {
    let value;
    try {
      value = JSON.parse(text);
    } catch {
      return note(`${where} is no JSON`);
    }
    const validate = this.#ajv.getSchema(`contract#/$defs/${schema}`) ?? this.#ajv.compile({ $ref: `contract#/$defs/${schema}` });
    if (!validate(value)) for (const { instancePath, message, params } of validate.errors ?? []) note(`${where} at ${instancePath || '/'} ${message} ${JSON.stringify(params)}`);
    return undefined;
  }

  /** A field mask selects only what there is. @param {string} mask @param {string} schema @param {(what: string) => void} note */
  #mask(mask, schema, note) {
    const { schemas } = this.#document;
    /** @type {any[]} */
    const stack = [schemas[schema]];
    let current = stack[0];
    for (const [token] of mask.matchAll(/[\w*]+|[(),./]/g)) {
      if (token === '(') stack.push(current);
      else if (token === ')') stack.pop();
      else if (token === ',') current = stack[stack.length - 1];
      else if (token !== '.' && token !== '/' && token !== '*') {
        const from = current ?? {};
        let next = from.properties?.[token];
        if (!next) return note(`the field mask ${mask} selects ${token}, which is not there`);
        if (next.type === 'array') next = next.items;
        current = next.$ref ? schemas[next.$ref] : next;
      }
    }
    return undefined;
  }
}

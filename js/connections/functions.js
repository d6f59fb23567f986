/**
 * The user functions of a connection: they are there again whenever its client is another one.
 */
import { HawserError } from '../errors.js';
import { argumentCount } from '../sqlite/function_options.js';

/** @typedef {import('../drivers/driver.js').Client} Client */
/** @typedef {import('../sqlite/function_options.js').Definition} Definition */

export class UserFunctions {
  #connection;
  /** Those to be had, by what they replace, in the order of their coming. @type {Map<string, Definition>} */
  #known = new Map();
  /** What each client has been told. @type {WeakMap<Client, Map<Definition, Promise<void>>>} */
  #told = new WeakMap();

  /** @param {import('./base.js').BaseConnection<Client>} connection */
  constructor(connection) {
    this.#connection = connection;
  }

  /**
   * @param {Definition} definition
   * @returns {Promise<void>} When SQL can call it.
   * @throws {HawserError} ERR_QUERY, ERR_NOT_SUPPORTED, ERR_CONNECTION_CONFIG; it is not there then
   */
  async define(definition) {
    const key = keyOf(definition);
    const name = nameOf(definition);
    const replaced = [...this.#known.values()].some((other) => nameOf(other) === name);
    const before = this.#known.get(key);
    this.#known.delete(key);
    this.#known.set(key, definition);
    try {
      await this.#connection.use((client) => this.#tell(client, definition), 'define');
    } catch (error) {
      if (this.#known.get(key) === definition) {
        if (before) this.#known.set(key, before);
        else this.#known.delete(key);
      }
      throw error;
    }
    if (replaced) this.#connection.cache.clear(); // Results may be what the old one has made.
  }

  /**
   * Tells a client that is being opened.
   * @param {Client} client
   */
  async install(client) {
    for (const definition of this.#known.values()) await this.#tell(client, definition);
  }

  /**
   * @param {Client} client
   * @param {Definition} definition
   * @returns {Promise<void>}
   */
  #tell(client, definition) {
    if (!client.define) {
      const { name } = this.#connection;
      const message = `Connection "${name}" (${client.dialect}) takes no functions written in JavaScript. SQLite databases do.`;
      return Promise.reject(new HawserError('ERR_NOT_SUPPORTED', message, { connection: name, phase: 'define' }));
    }
    let told = this.#told.get(client);
    if (!told) this.#told.set(client, (told = new Map()));
    let done = told.get(definition);
    if (!done) told.set(definition, (done = client.define(definition)));
    return done;
  }
}

/** @param {Definition} definition SQL takes no notice of case. */
const nameOf = ({ name }) => name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** Functions are told apart by their names and numbers of arguments. @param {Definition} definition */
const keyOf = (definition) => {
  const { reference } = definition;
  return `${nameOf(definition)}\0${reference ? `${reference.module}\0${reference.name}` : argumentCount(definition)}`;
};

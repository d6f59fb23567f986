/**
 * What the factory hands to a connection. First-party connections get it with contextOf() of base.js.
 *
 * @typedef {object} ConnectionContext
 * @property {string} name
 * @property {string} type Name of the type, for messages.
 * @property {string} scope
 * @property {Record<string, any>} config The merged configuration, with secrets in clear text.
 * @property {import('../cache/results.js').ResultCache} results
 * @property {import('../cache/results.js').Space} space Where the results of this connection, in this configuration, are cached.
 * @property {{ scrub(text: string): string, scrubError(error: unknown): any }} secrets
 * @property {{ now(): number, sleep?(ms: number, signal?: AbortSignal): Promise<void> }} clock Milliseconds.
 * @property {import('../events.js').Hooks} hooks
 * @property {typeof fetch} [fetch]
 * @property {() => number} [random] In [0, 1), for pauses between attempts. Default Math.random.
 * @property {object} [request] The request that the connection belongs to, which its reads may share loads in.
 * @property {boolean} [drain] Whether close() lets running loads finish instead of aborting them.
 * @property {string} [closedBecause] Why the instance was taken away from its users.
 */
export {};

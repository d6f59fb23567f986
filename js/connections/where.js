/**
 * Where connections of Hawser's own types may run, and how. docs/connections-where.md shows it.
 */

/**
 * @typedef {object} Where
 * @property {'direct' | 'token' | 'gateway'} browser `'direct'`: without any secret. `'token'`: the page asks the server itself, which must allow it
 *   (CORS), and a long-lived secret is refused. `'gateway'`: a server of one's own has to stand between.
 * @property {'fetch' | 'memory' | 'sockets' | 'gateway'} edge workerd and edge-light. `'memory'`: nothing but memory is there.
 * @property {'fetch' | 'files' | 'sockets'} server Node.js, Deno, Bun. `'files'`: local files, too.
 */

/** By type. @type {Readonly<Record<string, Readonly<Where>>>} */
export const WHERE = {
  sql: { browser: 'direct', edge: 'memory', server: 'files' },
  http: { browser: 'token', edge: 'fetch', server: 'fetch' },
  gsheets: { browser: 'token', edge: 'fetch', server: 'fetch' },
  s3: { browser: 'token', edge: 'fetch', server: 'fetch' },
  gcs: { browser: 'token', edge: 'fetch', server: 'fetch' },
  azure: { browser: 'token', edge: 'fetch', server: 'fetch' },
  hf: { browser: 'token', edge: 'fetch', server: 'fetch' },
  files: { browser: 'token', edge: 'fetch', server: 'files' },
};

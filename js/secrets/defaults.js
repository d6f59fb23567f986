/**
 * What secrets start with when nobody says otherwise: the files of the user and of the project where there are files,
 * and above them the environment or the bindings of the platform.
 */

/**
 * @param {{ fileSystem?: any, environment: () => Record<string, unknown> }} runtime
 * @returns {import('./sources.js').Source[]} The lowest first.
 */
export function defaultSources({ fileSystem, environment }) {
  /** @type {import('./sources.js').Source[]} */
  const files = (fileSystem?.secretsFiles ?? []).map((/** @type {string} */ file) => ({ file }));
  const bare = !fileSystem && Object.keys(environment()).length === 0; // A browser.
  return bare ? [] : [...files, { env: environment, name: 'environment' }];
}

/**
 * What `npx webpack` does: runs webpack with the configuration of the folder. The result is not minified, which takes longer than all
 * the rest.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = process.cwd();
const webpack = createRequire(import.meta.url)('webpack');
const { default: config } = await import(pathToFileURL(join(folder, 'webpack.config.js')).href);

webpack({ ...config, context: folder, optimization: { minimize: false } }, (/** @type {any} */ error, /** @type {any} */ stats) => {
  console.log(error ?? stats.toString({ all: false, errors: true, warnings: true }));
  if (error || stats.hasErrors()) process.exitCode = 1;
});

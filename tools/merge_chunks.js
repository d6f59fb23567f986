/**
 * Few scripts instead of twenty: esbuild cuts what several of its entries need into chunks of their own, for each set of entries
 * another one. What a program loads at once anyway is put together here again, so that it is one request and compresses better.
 *
 * `index.js` is what users import, with what nothing else needs. What it takes to make connections is in `hawser.js`; tables, which bundlers
 * (but esbuild) load with the first connection that has some, are in `tables.js`. The chunks that are loaded later import from both.
 */
import { basename } from 'node:path';
import { build } from 'esbuild';

/** The scripts, each with the entry that needs it all; the second one holds what is not in the first. */
const SCRIPTS = /** @type {const} */ ([
  ['hawser.js', 'core.js'],
  ['tables.js', 'index.js'],
]);

/** Of modules that exist only here. */
const VIRTUAL = 'virtual';

/** What is imported from the scripts, in esbuild's output. */
const FROM_SCRIPTS = /\b(?:import|export)\s*\{([^}]*)\}\s*from\s*"\.\/(?:hawser|tables)\.js"/g;

/** What a chunk imports from another one, maybe nothing but its place in the order, in what esbuild does not minify. */
const FROM_CHUNK = /^import (?:\{([^}]*)\} from )?"\.\/([^"]+)";/gm;

/** @typedef {import('esbuild').Metafile['outputs'][string]} Output */

/**
 * @param {import('esbuild').BuildResult<{ metafile: true, write: false }>} program With splitting, not minified, of the entries in
 *   {@link SCRIPTS} and others.
 * @param {import('esbuild').BuildOptions} small How to minify.
 * @returns {Promise<Map<string, string>>} The scripts by their names.
 */
export async function mergeInitial({ outputFiles, metafile }, small) {
  const texts = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output]));
  /** The script that each chunk goes into. @type {Map<string, string>} */
  const homes = new Map();
  for (const [script, entry] of SCRIPTS) for (const chunk of loadedWith(entry, outputs)) if (!homes.has(chunk)) homes.set(chunk, script);
  homes.delete('index.js');
  const names = namesFor([...homes.keys()].map((chunk) => [chunk, outputs.get(chunk)?.exports ?? []]), small.minifyIdentifiers === true);

  /** @param {string} entry @param {(name: string, importer: string) => string | undefined} textOf */
  const bundle = async (entry, textOf) => {
    const { outputFiles: [{ text }] } = await build({
      entryPoints: [entry], write: false, bundle: true, format: 'esm', target: 'es2022', platform: 'neutral', logLevel: 'warning',
      plugins: [modules(textOf)], ...small,
    });
    return text;
  };
  /** A chunk that imports from the scripts what it imported from the chunks in them. @param {string} chunk @param {string} [home] Of the chunk. */
  const rehomed = (chunk, home) =>
    texts.get(chunk)?.replace(FROM_CHUNK, (whole, list, other) => {
      const script = homes.get(other);
      if (script === undefined || script === home) return whole;
      if (list === undefined) return ''; // Nothing of ours does anything when it is loaded.
      const pairs = renamed(list).map(([name, local]) => `${names.get(other)?.get(name)} as ${local}`);
      return `import { ${pairs.join()} } from "./${script}";`;
    });

  /** @type {Map<string, string>} */
  const scripts = new Map();
  const later = [...texts.keys()].filter((chunk) => !homes.has(chunk) && chunk !== 'core.js');
  const bundled = await Promise.all(later.map((chunk) => bundle(chunk, (name, importer) => (importer === '' ? rehomed(name) : undefined))));
  later.forEach((chunk, i) => scripts.set(chunk, bundled[i]));

  scripts.set('index.js', await bundle('index.js', (name, importer) => (importer === '' ? rehomed(name) : undefined)));

  for (const [script] of SCRIPTS.toReversed()) {
    const wanted = new Set([...scripts.values()].flatMap((text) => [...text.matchAll(FROM_SCRIPTS)].flatMap(([, list]) => importedNames(list))));
    const lines = [...names].flatMap(([chunk, pairs]) => {
      const list = [...pairs].filter(([, short]) => wanted.has(short)).map(([name, short]) => `${name} as ${short}`);
      return homes.get(chunk) === script && list.length ? [`export { ${list.join()} } from './${chunk}';`] : [];
    });
    scripts.set(script, await bundle(script, (name, importer) => {
      if (importer === '') return lines.join('\n');
      return homes.get(name) === script ? rehomed(name, script) : undefined;
    }));
  }
  return scripts;
}

/** @param {string} list Of an import or export. @returns {string[][]} What each is called before and after. */
const renamed = (list) =>
  list.split(',').map((item) => item.trim()).filter(Boolean).map((item) => item.split(/\s+as\s+/)).map(([name, other = name]) => [name, other]);

/** @param {string} list Of an import or export. */
const importedNames = (list) => list.split(',').map((item) => item.trim().split(/\s+as\s+/)[0]);

/**
 * What is loaded together with a chunk, itself included.
 * @param {string} chunk
 * @param {Map<string, Output>} outputs
 * @param {Set<string>} [found]
 */
function loadedWith(chunk, outputs, found = new Set()) {
  if (found.has(chunk)) return found;
  found.add(chunk);
  for (const { path, kind } of outputs.get(chunk)?.imports ?? []) {
    if (kind === 'import-statement' && outputs.has(basename(path))) loadedWith(basename(path), outputs, found);
  }
  return found;
}

/**
 * What each export is called in the script that holds them all.
 * @param {[string, string[]][]} chunks With their exports.
 * @param {boolean} short Whether names may be changed.
 * @returns {Map<string, Map<string, string>>}
 */
function namesFor(chunks, short) {
  /** @type {Set<string>} */
  const taken = new Set();
  let count = 0;
  /** @param {string} name */
  const nameFor = (name) => {
    if (short) return `_${(count++).toString(36)}`;
    let unique = name;
    while (taken.has(unique)) unique = `${name}_${++count}`;
    taken.add(unique);
    return unique;
  };
  return new Map(chunks.map(([chunk, exports]) => [chunk, new Map(exports.map((name) => [name, nameFor(name)]))]));
}

/**
 * Modules given as texts; all others stay imports.
 * @param {(name: string, importer: string) => string | undefined} textOf importer: '' for the entry.
 * @returns {import('esbuild').Plugin}
 */
const modules = (textOf) => ({
  name: 'chunks',
  setup(builder) {
    builder.onResolve({ filter: /.*/ }, ({ path, kind, importer }) => {
      const entry = kind === 'entry-point';
      const name = entry || path.startsWith('./') ? basename(path) : path;
      if (!entry && (kind === 'dynamic-import' || textOf(name, importer) === undefined)) return { path, external: true };
      return { path: name, namespace: VIRTUAL, pluginData: entry ? '' : importer };
    });
    builder.onLoad({ filter: /.*/, namespace: VIRTUAL }, ({ path, pluginData }) => ({ contents: textOf(path, pluginData), loader: 'js' }));
  },
});

/**
 * One script instead of twenty: esbuild cuts what several of its entries need into chunks of their own, for each set of entries
 * another one. What a program loads at once anyway is put together here again, so that it is one request and compresses better.
 *
 * `index.js` is left with the names that users import; all of it is in `hawser.js`, which the chunks that are loaded later import from.
 */
import { basename } from 'node:path';
import { build } from 'esbuild';

/** The name of the script, in each platform's folder. */
export const MAIN = 'hawser.js';

/** Of modules that exist only here. */
const VIRTUAL = 'virtual';

/** What later chunks import from the script, in esbuild's output. */
const FROM_MAIN = /\bimport\s*\{([^}]*)\}\s*from\s*"\.\/hawser\.js"/g;

/**
 * @param {import('esbuild').BuildResult<{ metafile: true, write: false }>} program With splitting, not minified; one of its entries is `index`.
 * @param {import('esbuild').BuildOptions} small How to minify.
 * @returns {Promise<Map<string, string>>} The scripts by their names.
 */
export async function mergeInitial({ outputFiles, metafile }, small) {
  const texts = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output]));
  const initial = loadedWith('index.js', outputs);
  const names = namesFor([...initial].map((chunk) => [chunk, outputs.get(chunk)?.exports ?? []]), small.minifyIdentifiers === true);

  /** @param {string} entry @param {import('esbuild').Plugin} plugin */
  const bundle = async (entry, plugin) => {
    const { outputFiles: [{ text }] } = await build({
      entryPoints: [entry], write: false, bundle: true, format: 'esm', target: 'es2022', platform: 'neutral', logLevel: 'warning', plugins: [plugin], ...small,
    });
    return text;
  };
  /** @param {string} chunk */
  const reexports = (chunk) => {
    const list = [...(names.get(chunk) ?? [])].map(([name, short]) => `${short} as ${name}`);
    return `export { ${list.join()} } from './${MAIN}';`;
  };

  /** @type {Map<string, string>} */
  const scripts = new Map();
  const later = [...texts.keys()].filter((chunk) => !initial.has(chunk));
  const pages = await Promise.all(later.map((chunk) => bundle(chunk, modules((name, importer) => {
    if (importer === '') return texts.get(name);
    return initial.has(name) ? reexports(name) : undefined;
  }))));
  later.forEach((chunk, i) => scripts.set(chunk, pages[i]));

  const wanted = new Set([...scripts.values()].flatMap((text) => [...text.matchAll(FROM_MAIN)]).flatMap(([, list]) => list.split(',').map((item) => item.trim().split(/\s+as\s+/)[0])));
  const lines = [...names].flatMap(([chunk, pairs]) => {
    const list = [...pairs].filter(([, short]) => chunk === 'index.js' || wanted.has(short)).map(([name, short]) => `${name} as ${short}`);
    return list.length ? [`export { ${list.join()} } from './${chunk}';`] : [];
  });
  const entry = ["import './index.js';", ...lines].join('\n');
  scripts.set(MAIN, await bundle(MAIN, modules((name, importer) => (importer === '' ? entry : initial.has(name) ? texts.get(name) : undefined))));
  scripts.set('index.js', await bundle('index.js', modules((name, importer) => (importer === '' ? reexports('index.js') : undefined))));
  return scripts;
}

/**
 * What is loaded together with a chunk, itself included.
 * @param {string} chunk
 * @param {Map<string, import('esbuild').Metafile['outputs'][string]>} outputs
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

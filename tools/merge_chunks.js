/**
 * Few scripts instead of twenty: esbuild cuts what several of its entries need into chunks of their own, for each set of entries
 * another one. What a program loads at once anyway is put together here again, so that it is one request and compresses better.
 *
 * `api.js` is what users import, with what nothing else needs. What it takes to make connections is in `hawser.js`; tables, which bundlers
 * load with the first connection that has some, are in `tables.js`. What is of SQL alone goes into the script of that
 * connection and its driver, what connections over the network share into `network.js`, and the little that they share with SQL into
 * `shared.js`. The chunks that are loaded later import from all of these.
 *
 * `index.js` itself has only stars: esbuild gives a page whatever the names in a script that it uses stand for, used or not, but looks
 * through stars. Those who read it without a bundler are told at once what there is to load.
 *
 * Where scripts are read from a disk a file more costs more than a few kilobytes do: there tables, and what SQL shares with others, are in
 * `hawser.js`, too.
 */
import { basename } from 'node:path';
import { build } from 'esbuild';

const MAIN = 'hawser.js';

/** The scripts, each with the entry that needs it all; the second one holds what is not in the first. */
const SCRIPTS = /** @type {const} */ ([
  [MAIN, 'core.js'],
  ['tables.js', 'index.js'],
]);

/** What users import: all but tables, and tables. */
const [API, TABLE_NAMES] = ['api.js', 'table_names.js'];

/** Of modules that exist only here. */
const VIRTUAL = 'virtual';

/** Before the name of a script that a chunk has, too. */
const ENTRY = 'entry:';

/** What connections over the network are made of, whatever they are connected to; and what of it SQL needs, too. */
const [NETWORK, SHARED] = ['network.js', 'shared.js'];

/** Entries that do not come without tables: what they share is there. */
const WITH_TABLES = ['sql', 'sqlite', 'sqlite_worker', 'sqlite_functions', 'gsheets', 'native'];

/** Entries that take in the chunks which are needed by these entries only, because nobody needs one without the other. */
const FAMILIES = Object.entries({
  sql: ['sql', 'native', 'sqlite_worker'],
  sqlite: ['sqlite', 'sqlite_worker', 'sqlite_functions', 'native', 'functions', 'import', 'limits', 'catalog', 'gsheets'],
});

/** What is imported from other scripts, in esbuild's output. */
const FROM_SCRIPTS = /\b(?:import|export)\s*\{([^}]*)\}\s*from\s*"\.\/[^"]+\.js"/g;

/** An object of constants, which a bundler may leave out. */
const FROZEN = /(?<=^|[;}])(?:var|const|let) \w+\s*=\s*(?=Object\.freeze\()/gm;

/** What a chunk imports from another one, maybe nothing but its place in the order, in what esbuild does not minify. */
const FROM_CHUNK = /^import (?:\{([^}]*)\} from )?"\.\/([^"]+)";/gm;

/** @typedef {import('esbuild').Metafile['outputs'][string]} Output */

/**
 * @param {import('esbuild').BuildResult<{ metafile: true, write: false }>} program With splitting, not minified, of the entries in
 *   {@link SCRIPTS} and others.
 * @param {Pick<import('esbuild').BuildOptions, 'minifyWhitespace' | 'minifySyntax' | 'minifyIdentifiers'>} small How to minify.
 * @param {boolean} onDisk Whether the scripts are read from a disk.
 * @returns {Promise<Map<string, string>>} The scripts by their names.
 */
export async function mergeInitial({ outputFiles, metafile }, small, onDisk) {
  const texts = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output]));
  /** The script that each chunk goes into. @type {Map<string, string>} */
  const homes = new Map();
  for (const [script, entry] of SCRIPTS) for (const chunk of loadedWith(entry, outputs)) if (!homes.has(chunk)) homes.set(chunk, onDisk ? MAIN : script);
  homes.delete('index.js');
  moveShared(outputs, homes, onDisk);
  const families = moveFamilies(outputs, homes);
  if (onDisk) {
    for (const chunk of families.flatMap((entry) => [...loadedWith(entry, outputs)])) {
      if (!homes.has(chunk) && outputs.get(chunk)?.entryPoint === undefined) homes.set(chunk, MAIN);
    }
  }
  const exportsOf = (/** @type {string} */ chunk) => outputs.get(chunk)?.exports ?? [];
  const names = namesFor([...homes.keys()].map((chunk) => [chunk, exportsOf(chunk)]), small.minifyIdentifiers === true, families.flatMap(exportsOf));

  /** @param {string} entry @param {(name: string, importer: string) => string | undefined} textOf */
  const bundle = async (entry, textOf) => {
    const { outputFiles: [{ text }] } = await build({
      entryPoints: [ENTRY + entry], write: false, bundle: true, format: 'esm', target: 'es2022', platform: 'neutral', logLevel: 'warning',
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
  const later = [...texts.keys()].filter((chunk) => !homes.has(chunk) && !families.includes(chunk) && chunk !== 'index.js');
  const bundled = await Promise.all(later.map((chunk) => bundle(chunk, (name, importer) => (importer === '' ? rehomed(name) : undefined))));
  later.forEach((chunk, i) => scripts.set(chunk, bundled[i]));

  const { api, tables } = withoutTables(rehomed('index.js') ?? '');
  const index = (await bundle('index.js', (_, importer) => (importer === '' ? api : undefined))).replace(FROZEN, '$&/* @__PURE__ */');
  scripts.set(tables ? API : 'index.js', index);
  if (tables) {
    scripts.set(TABLE_NAMES, tables);
    scripts.set('index.js', `import"./${MAIN}";import"./tables.js";export*from"./${API}";export*from"./${TABLE_NAMES}";\n`);
  }

  for (const script of [...new Set([MAIN, ...homes.values(), ...families])].reverse()) {
    const wanted = new Set([...scripts.values()].flatMap((text) => [...text.matchAll(FROM_SCRIPTS)].flatMap(([, list]) => importedNames(list))));
    const lines = [...names].flatMap(([chunk, pairs]) => {
      const list = [...pairs].filter(([, short]) => wanted.has(short)).map(([name, short]) => `${name} as ${short}`);
      return homes.get(chunk) === script && list.length ? [`export { ${list.join()} } from './${chunk}';`] : [];
    });
    scripts.set(script, await bundle(script, (name, importer) => {
      if (importer === '') return [...lines, ...(families.includes(script) ? [`export { ${exportsOf(script).join()} } from './${script}';`] : [])].join('\n');
      return homes.get(name) === script || name === script ? rehomed(name, script) : undefined;
    }));
  }
  return scripts;
}

/**
 * Takes out what a script exports of tables.js.
 * @param {string} text
 * @returns {{ api: string, tables: string | undefined }} The script, and one that exports the same of tables.js alone.
 */
function withoutTables(text) {
  /** What each is called in tables.js, by its local name. @type {Map<string, string>} */
  const imported = new Map();
  const rest = text.replace(/^import \{([^}]*)\} from "\.\/tables\.js";\n?/gm, (_, list) => {
    for (const [name, local] of renamed(list)) imported.set(local, name);
    return '';
  });
  if (imported.size === 0) return { api: text, tables: undefined };
  /** @type {string[]} */
  const moved = [];
  const api = rest.replace(/^export \{([^}]*)\};/m, (_, list) => {
    const own = renamed(list).filter(([local, name]) => {
      const there = imported.get(local);
      if (there !== undefined) moved.push(`${there} as ${name}`);
      return there === undefined;
    });
    return `export { ${own.map(([local, name]) => `${local} as ${name}`).join()} };`;
  });
  return { api, tables: `export{${moved.join()}}from"./tables.js";\n` };
}

/**
 * Finds homes for the chunks that several connections share, which would be a request each.
 * @param {Map<string, Output>} outputs
 * @param {Map<string, string>} homes Where they are added.
 * @param {boolean} onDisk
 */
function moveShared(outputs, homes, onDisk) {
  const entries = entriesOf(outputs);
  const [http, sql] = ['http', 'sql'].map((name) => entries.find((entry) => entry.name === name)?.closure ?? new Set());
  const free = [...outputs.keys()].filter((chunk) => !homes.has(chunk) && outputs.get(chunk)?.entryPoint === undefined);
  const tables = free.filter((chunk) => sql.has(chunk) && usersOf(chunk, entries).every((user) => WITH_TABLES.includes(user)));
  const shared = free.filter((chunk) => sql.has(chunk) && http.has(chunk));
  const network = free.filter((chunk) => http.has(chunk) && !sql.has(chunk));
  // In the order in which they import from each other.
  for (const [script, chunks] of /** @type {const} */ ([[onDisk ? MAIN : 'tables.js', tables], [onDisk ? MAIN : SHARED, shared], [NETWORK, network]])) {
    for (const chunk of chunks) homes.set(chunk, script);
  }
}

/**
 * The entries, by their names without the hash, and what each loads at once.
 * @param {Map<string, Output>} outputs
 */
const entriesOf = (outputs) =>
  [...outputs].filter(([, { entryPoint }]) => entryPoint).map(([output]) => ({
    output, name: output.replace(/(?:-[A-Z0-9]{8})?\.js$/, ''), closure: loadedWith(output, outputs),
  }));

/** @param {string} chunk @param {ReturnType<typeof entriesOf>} entries @returns {string[]} The names of those that load it. */
const usersOf = (chunk, entries) => entries.filter(({ closure }) => closure.has(chunk)).map(({ name }) => name);

/**
 * Finds homes for the chunks of families.
 * @param {Map<string, Output>} outputs
 * @param {Map<string, string>} homes Where they are added.
 * @returns {string[]} The entries that took some in.
 */
function moveFamilies(outputs, homes) {
  const entries = entriesOf(outputs);
  const takers = [];
  for (const [name, members] of FAMILIES) {
    const taker = entries.find((entry) => entry.name === name);
    if (taker === undefined) continue;
    takers.push(taker.output);
    for (const chunk of taker.closure) {
      if (homes.has(chunk) || outputs.get(chunk)?.entryPoint) continue;
      if (usersOf(chunk, entries).every((user) => members.includes(user))) homes.set(chunk, taker.output);
    }
  }
  return takers;
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
export function loadedWith(chunk, outputs, found = new Set()) {
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
 * @param {string[]} reserved Names that are none of them.
 * @returns {Map<string, Map<string, string>>}
 */
function namesFor(chunks, short, reserved) {
  const taken = new Set(reserved);
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
      const name = path.startsWith('./') ? basename(path) : path;
      if (!entry && (kind === 'dynamic-import' || textOf(name, importer) === undefined)) return { path, external: true };
      return { path: name, namespace: VIRTUAL, pluginData: entry ? '' : importer };
    });
    builder.onLoad({ filter: /.*/, namespace: VIRTUAL }, ({ path, pluginData }) => ({
      contents: textOf(path.replace(ENTRY, ''), pluginData),
      loader: 'js',
    }));
  },
});

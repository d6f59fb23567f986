/**
 * Writes the declarations that TypeScript reads, from the JSDoc of js/, to `dist/types/`: `node tools/types.js`. Part of
 * packing, not of the build: the programs run without them.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main, root, run, say } from './run.js';

/** What package.json calls the types, in the folder. */
const INDEX = 'js/index.d.ts';

/** What the names of js/package.json stand for. All runtimes have the same exports, and programs for browsers have no types of Node.js. */
const STANDS_FOR = { '#runtime': 'js/runtime/browser.js', '#sqlite-files': 'js/drivers/native/index.js' };

/** Specifiers of modules in declarations, with the quotes. */
const SPECIFIERS = /(?<=(?:\bfrom|\bimport\(|^import)\s*)(['"])([^'"]+)\1/gm;

/**
 * @param {string} [folder] Default `dist/types`.
 * @throws {import('./run.js').Stop} When js/ has type errors.
 */
export function writeTypes(folder = join(root, 'dist/types')) {
  rmSync(folder, { recursive: true, force: true });
  const options = { declaration: true, emitDeclarationOnly: true, noEmit: false, rootDir: join(root, 'js'), outDir: join(folder, 'js') };
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json', ...flags], { quiet: true });
  // Declarations that are written by hand, or by Emscripten, are not tsc's to copy.
  for (const source of ['js', 'dist']) {
    for (const name of readdirSync(join(root, source), { recursive: source === 'js', encoding: 'utf8' })) {
      if (!name.endsWith('.d.ts')) continue;
      mkdirSync(dirname(join(folder, source, name)), { recursive: true });
      cpSync(join(root, source, name), join(folder, source, name));
    }
  }
  keepReachable(folder);
}

/**
 * Makes imports find their files, and removes the declarations that nobody gets to see.
 * @param {string} folder
 */
function keepReachable(folder) {
  const reached = new Set([INDEX]);
  for (const path of reached) {
    const text = readFileSync(join(folder, path), 'utf8');
    const found = text.replace(SPECIFIERS, (whole, quote, specifier) => {
      if (!/^[.#]/.test(specifier)) return whole;
      const target = /** @type {Record<string, string>} */ (STANDS_FOR)[specifier] ?? join(dirname(path), specifier);
      const declarations = target.replace(/\.js$/, '.d.ts');
      if (!existsSync(join(folder, declarations))) throw new Error(`${path} refers to ${specifier}, which has no declarations`);
      reached.add(declarations);
      const address = relative(dirname(path), target).replaceAll('\\', '/');
      return quote + (address.startsWith('.') ? address : `./${address}`) + quote;
    });
    if (found !== text) writeFileSync(join(folder, path), found);
  }
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (name.endsWith('.d.ts') && !reached.has(name.replaceAll('\\', '/'))) rmSync(join(folder, name));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    writeTypes();
    say('dist/types/ is written');
  });
}

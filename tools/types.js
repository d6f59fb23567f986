/**
 * Writes the declarations that TypeScript reads, from the JSDoc of js/, to `dist/types/`: `node tools/types.js`. Part of
 * packing, not of the build: the programs run without them.
 */
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main, root, run, say } from './run.js';

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
  const byHand = readdirSync(join(root, 'js'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.d.ts'));
  for (const path of [...byHand.map((name) => join('js', name)), 'dist/secrets.d.ts']) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(root, path), join(folder, path));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    writeTypes();
    say('dist/types/ is written');
  });
}

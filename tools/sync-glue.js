/**
 * Makes the factory in Emscripten's JavaScript synchronous: `node tools/sync-glue.js secrets.js secrets.wasm`.
 *
 * Reading a secret must not wait, so the module must start at once, from a module that is already compiled. Emscripten's
 * -sWASM_ASYNC_COMPILATION=0 promises that, but since 4.0 a modularized factory is an async function all the same, and
 * the hook `instantiateWasm` answers with a promise that nobody awaits. This takes out those three places, where the
 * Emscripten at hand has them, and proves that the outcome works.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { main, Stop } from './run.js';

/** @type {[RegExp, string][]} */
const CHANGES = [
  [/\basync function Module\(/, 'function Module('],
  [/\basync function run\(/, 'function run('],
  [/\bawait run\(\)/, 'run()'],
  [
    /return new Promise\((?=\(?resolve(?:, ?reject)?\)? ?=> ?\{\s*(?:instantiateWasm|Module\["instantiateWasm"\])\()/,
    'return(executor=>{let result;executor(value=>{result=value});return result})(',
  ],
];

await main(async () => {
  const [, , glue, wasm] = process.argv;
  let text = readFileSync(glue, 'utf8');
  for (const [from, to] of CHANGES) text = text.replace(from, to);
  writeFileSync(glue, text);

  const module = new WebAssembly.Module(readFileSync(wasm));
  const { default: create } = await import(pathToFileURL(glue).href);
  let instance;
  let problem = 'it returned before the module had started';
  try {
    instance = create({
      /** @param {WebAssembly.Imports} imports @param {(instance: WebAssembly.Instance) => unknown} done */
      instantiateWasm: (imports, done) => done(new WebAssembly.Instance(module, imports)),
    });
  } catch (error) {
    problem = String(error);
  }
  if (typeof instance?.addToml !== 'function') {
    throw new Stop(`${glue}: the factory does not work synchronously (${problem}); see tools/sync-glue.js`);
  }
});

/**
 * `npm test`: every test there is, part by part, and a summary. Parts: the C++ core under sanitizers, its fuzz targets,
 * types, and Jest (which includes the conformance suite in every runtime and browser).
 *
 *     node tools/test.js [part…]     parts: cpp fuzz types jest; default all
 *
 * HAWSER_FUZZ_SECONDS  for each fuzz target; default 5.
 * CI=true              anything skipped is a failure.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fuzzCompiler } from './fuzz-compiler.js';
import { follow, main, root, Stop } from './run.js';

/**
 * @typedef {object} Outcome
 * @property {number} passed
 * @property {number} failed
 * @property {string[]} skipped What, and why.
 */

const FUZZ_SECONDS = Number(process.env.HAWSER_FUZZ_SECONDS ?? 5);

/** @type {Record<string, { title: string, run: () => Promise<Outcome> }>} */
const PARTS = {
  cpp: { title: 'C++ core, natively, under address and undefined-behaviour sanitizers', run: cpp },
  fuzz: { title: `C++ core, fuzz targets, ${FUZZ_SECONDS} s each`, run: fuzz },
  types: { title: 'Types', run: types },
  jest: { title: 'JavaScript: Jest in Node, one conformance suite in every runtime and browser', run: jest },
};

/** @type {Outcome} One thing that was tried and did not work. */
const FAILED = { passed: 0, failed: 1, skipped: [] };

/**
 * Configures (once) and builds a native preset.
 * @param {string} preset
 * @param {string[]} [options] For CMake.
 * @returns {Promise<boolean>} Whether it worked.
 */
async function built(preset, options = []) {
  if (!existsSync(join(root, 'build', preset, 'build.ninja'))) {
    const { code } = await follow('cmake', ['--preset', preset, ...options]);
    if (code !== 0) return false;
  }
  return (await follow('cmake', ['--build', '--preset', preset])).code === 0;
}

/** @param {string} path @returns {any} */
const json = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** @returns {Promise<Outcome>} */
async function cpp() {
  if (!(await built('asan'))) return FAILED;
  const results = join(root, 'build/asan/results');
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });
  const list = join(results, 'ctest.xml');
  await follow('ctest', ['--preset', 'asan', '-j', '2', '--no-tests=error', '--output-junit', list], {
    env: {
      GTEST_OUTPUT: `json:${results}/`,
      ASAN_OPTIONS: 'detect_stack_use_after_return=1:strict_string_checks=1',
      UBSAN_OPTIONS: 'print_stacktrace=1',
    },
  });
  if (!existsSync(list)) return FAILED;
  /** @type {Outcome} */
  const outcome = { passed: 0, failed: 0, skipped: [] };
  for (const [, name, status] of readFileSync(list, 'utf8').matchAll(/<testcase name="([^"]*)"[^>]*status="([^"]*)"/g)) {
    const failedBefore = outcome.failed;
    if (existsSync(join(results, `${name}.json`))) {
      for (const suite of json(join(results, `${name}.json`)).testsuites) {
        for (const test of suite.testsuite) {
          if (test.failures) outcome.failed += 1;
          else if (test.result === 'COMPLETED') outcome.passed += 1;
          else outcome.skipped.push(`${name}: ${suite.name}.${test.name}`);
        }
      }
    }
    if (status !== 'run' && outcome.failed === failedBefore) outcome.failed += 1; // It crashed.
  }
  return outcome;
}

/** @returns {Promise<Outcome>} */
async function fuzz() {
  const names = readdirSync(join(root, 'tests/fuzz'))
    .filter((file) => file.endsWith('_fuzz.cc'))
    .map((file) => file.slice(0, -'_fuzz.cc'.length));
  const compiler = fuzzCompiler();
  if (!compiler) {
    const reason = 'no clang 19 or later with libFuzzer (Debian: apt-get install clang-22 libclang-rt-22-dev)';
    return { passed: 0, failed: 0, skipped: names.map((name) => `fuzz target ${name}: ${reason}`) };
  }
  if (!(await built('fuzz', [`-DCMAKE_CXX_COMPILER=${compiler}`]))) return FAILED;
  /** @type {Outcome} */
  const outcome = { passed: 0, failed: 0, skipped: [] };
  const found = join(root, 'build/fuzz/found/');
  mkdirSync(found, { recursive: true });
  for (const name of names) {
    const grown = join(root, 'build/fuzz/corpus', name); // New inputs go there, the kept ones stay as they are.
    mkdirSync(grown, { recursive: true });
    const kept = join(root, 'tests/fuzz/corpus', name);
    const limits = [`-max_total_time=${FUZZ_SECONDS}`, '-timeout=10', '-rss_limit_mb=2048'];
    const reports = ['-verbosity=0', '-print_final_stats=1', `-artifact_prefix=${found}${name}-`];
    const corpora = existsSync(kept) ? [grown, kept] : [grown];
    const program = join(root, 'build/fuzz/tests/fuzz', `${name}_fuzz`);
    const { code, output } = await follow(program, [...limits, ...reports, ...corpora], { quiet: true });
    const runs = Number(/stat::number_of_executed_units:\s*(\d+)/.exec(output)?.[1] ?? 0);
    const passed = code === 0 && runs > 0;
    console.log(`${name}: ${passed ? 'passed' : 'FAILED'}, ${runs} runs`);
    outcome[passed ? 'passed' : 'failed'] += 1;
  }
  return outcome;
}

/** @returns {Promise<Outcome>} */
async function types() {
  const { code } = await follow(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json']);
  return code === 0 ? { passed: 1, failed: 0, skipped: [] } : FAILED;
}

/** @returns {Promise<Outcome>} */
async function jest() {
  const file = join(root, 'build/jest.json');
  rmSync(file, { force: true });
  await follow(process.execPath, [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    '--maxWorkers=2',
    '--json',
    `--outputFile=${file}`,
  ]);
  if (!existsSync(file)) return FAILED;
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, testResults } = json(file);
  /** @type {string[]} */
  const skipped = testResults.flatMap((/** @type {any} */ { name, assertionResults }) =>
    assertionResults
      .filter((/** @type {any} */ { status }) => status !== 'passed' && status !== 'failed')
      .map((/** @type {any} */ { fullName }) => `${name.slice(root.length)}: ${fullName}`),
  );
  return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites, skipped };
}

await main(async () => {
  const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(PARTS);
  const unknown = names.find((name) => !Object.hasOwn(PARTS, name));
  if (unknown) throw new Stop(`unknown part ${unknown}; there are ${Object.keys(PARTS).join(', ')}`);
  mkdirSync(join(root, 'build'), { recursive: true });

  /** @type {string[]} */
  const table = [];
  const total = { passed: 0, failed: 0, skipped: /** @type {string[]} */ ([]) };
  for (const name of names) {
    console.log(`\n== ${PARTS[name].title}\n`);
    const start = performance.now();
    const { passed, failed, skipped } = await PARTS[name].run();
    const seconds = Math.round((performance.now() - start) / 1000);
    table.push(`${name.padEnd(8)}${passed} passed, ${failed} failed, ${skipped.length} skipped, ${seconds} s`);
    total.passed += passed;
    total.failed += failed;
    total.skipped.push(...skipped);
  }

  console.log(`\n== Summary\n\n${table.join('\n')}\n`);
  for (const line of total.skipped) console.log(`SKIPPED ${line}`);
  const ci = process.env.CI === 'true' || process.env.CI === '1';
  if (ci && total.skipped.length > 0) console.log('Under CI nothing may be skipped: this run has failed.');
  if (total.failed > 0 || total.passed === 0 || (ci && total.skipped.length > 0)) process.exitCode = 1;
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped.length} skipped`);
});

/**
 * The floors of js/: a file imports only from floors below its own, and knowledge of the runtime lives in js/runtime/.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const folder = fileURLToPath(new URL('../../js/', import.meta.url));

/** Top to bottom. Files of one row may not import each other, unless they are in one folder. */
const FLOORS = [
  ['cli/'],
  ['index.js'],
  ['default.js'],
  ['hawser.js'],
  ['request.js'],
  ['factory.js'],
  ['connections/'],
  ['sheets/'],
  ['drivers/', 'stores/'],
  ['formats/', 'sqlite/', 'http/', 'cache/', 'secrets/'],
  ['asking.js'],
  ['table/', 'sql/', 'core.js', 'packed.js'],
  ['wasm_module.js', 'preload.js'],
  ['errors.js', 'error_codes.js', 'events.js', 'duration.js', 'dispose.js', 'signals.js', 'timeout.js', 'tracing.js', 'runtime/'],
];

const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.js'));

/** @param {string} path @returns {{ floor: number, place: string }} */
function placeOf(path) {
  for (const [floor, places] of FLOORS.entries()) {
    const place = places.find((name) => (name.endsWith('/') ? path.startsWith(name) : path === name));
    if (place) return { floor, place };
  }
  throw new Error(`js/${path} belongs to no floor: see DESIGN.md, section 2, and this test`);
}

/** Code without comments. @param {string} path */
const codeOf = (path) => readFileSync(join(folder, path), 'utf8').replace(/\/\*[^]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');

/** What a file imports, also lazily. @param {string} path */
function importsOf(path) {
  const code = codeOf(path);
  const statements = [...code.matchAll(/^\s*(?:import|export)\b[^'";]*?from\s*'([^']+)'|^\s*import\s*'([^']+)'/gm)];
  const lazy = [...code.matchAll(/\bimport\(\s*'([^']+)'/g)];
  return [...statements, ...lazy].map(([, from, bare]) => from ?? bare);
}

test.each(files)('js/%s', (path) => {
  const { floor, place } = placeOf(path);
  const imports = importsOf(path);
  for (const specifier of imports) {
    if (specifier === '#runtime') {
      // The seam itself stands on the lowest floor.
      expect(place).not.toBe('runtime/');
    } else if (specifier.startsWith('.')) {
      const target = posix.join(posix.dirname(path), specifier);
      if (target.startsWith('../dist/')) continue; // What is built: floors do not apply.
      if (target.startsWith('../')) throw new Error(`js/${path} imports ${specifier}, outside of js/`);
      if (target.startsWith('runtime/') && place !== 'runtime/' && place !== 'cli/') {
        throw new Error(`js/${path} imports ${specifier}: use '#runtime'`);
      }
      const other = placeOf(target);
      const below = other.floor > floor || (other.floor === floor && (other.place === place || floor === FLOORS.length - 1));
      if (!below) throw new Error(`js/${path} (${place}) imports js/${target} (${other.place}), which is not below it`);
    } else if (place !== 'runtime/' && place !== 'cli/') {
      if (specifier.startsWith('node:') || specifier.startsWith('cloudflare:')) {
        throw new Error(`js/${path} imports ${specifier}: that belongs to js/runtime/`);
      }
    }
  }
  if (place !== 'runtime/' && place !== 'cli/') {
    const code = codeOf(path);
    for (const forbidden of [/typeof\s+(process|Deno|Bun|window|navigator|WebSocketPair)\b/, /\bglobalThis\.(process|Deno|Bun)\b/, /\bprocess\.(env|versions|platform)\b/]) {
      expect(code).not.toMatch(forbidden);
    }
  }
  expect(codeOf(path)).not.toMatch(/\bnew Function\b|(?<![.\w])eval\(/);
});

describe('the scan sees', () => {
  test('imports of every form', () => {
    expect(importsOf('connections/types.js')).toEqual(expect.arrayContaining(['../errors.js', './sql.js']));
    expect(importsOf('index.js').length).toBeGreaterThan(6);
    expect(importsOf('runtime/node.js')).toContain('node:module');
  });

  test('all runtimes with the same exports', () => {
    const namesOf = (/** @type {string} */ path) =>
      [...codeOf(path).matchAll(/export (?:const|async function|function) (\w+)|export \{([^}]+)\}/g)]
        .flatMap(([, name, list]) => name ?? list.split(',').map((item) => /** @type {string} */ (item.trim().split(' as ').at(-1))))
        .sort();
    const expected = namesOf('runtime/node.js');
    expect(expected).toEqual(expect.arrayContaining(['importModule', 'loadModule', 'environment', 'fileSystem', 'name']));
    for (const runtime of ['browser', 'bun', 'default', 'deno', 'edge-light', 'workerd']) expect(namesOf(`runtime/${runtime}.js`)).toEqual(expected);
  });
});

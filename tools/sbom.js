/**
 * Writes the software bill of materials, what the packed package is made of, as CycloneDX 1.6 to `dist/sbom/hawser.cdx.json`:
 * `node tools/sbom.js`, part of packing. The same build gives the same bytes. npm's own lists what is installed with this one,
 * which is SQLite's package; all else is compiled or bundled into its files.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main, root, say, Stop } from './run.js';

/** @param {...string} path Below the project's folder. */
const text = (...path) => readFileSync(join(root, ...path), 'utf8');

/** @param {...string} path @returns {any} */
const json = (...path) => JSON.parse(text(...path));

/**
 * Where CMake has found the headers of a library that is nothing else.
 * @param {string} name As CMakeLists.txt calls it.
 * @param {string} header
 */
function headerOf(name, header) {
  const places = [`build/wasm/headers/${name}`, `build/wasm/_deps/${name}_archive-src/include`];
  const place = places.find((folder) => existsSync(join(root, folder, header)));
  if (!place) throw new Stop(`${header} is not in ${places.join(' nor ')}: build first`);
  return text(place, header);
}

/** @param {string} header @param {string} prefix Of the three macros. */
const versionOf = (header, prefix) =>
  ['MAJOR', 'MINOR', 'PATCH'].map((part) => new RegExp(`define ${prefix}_?${part}\\s+(\\d+)`).exec(header)?.[1]).join('.');

/** @param {string} id SPDX. */
const license = (id) => (id.includes(' ') ? [{ expression: id }] : [{ license: { id } }]);

/**
 * @param {string} type @param {string} name @param {string} version @param {string} licenseId @param {string} purl
 * @param {object} [more]
 */
const component = (type, name, version, licenseId, purl, more = {}) => ({
  'bom-ref': purl, type, name, version, scope: 'required', licenses: license(licenseId), purl, ...more,
});

/** A package that is bundled into the scripts. @param {string} name */
function bundled(name) {
  const path = `node_modules/${name}`;
  const { version, integrity } = json('package-lock.json').packages[path];
  return component('library', name, version, json(path, 'package.json').license, `pkg:npm/${name}@${version}`, { hashes: [hashOf(integrity)] });
}

/** @param {string} integrity As npm has it: 'sha512-…'. */
function hashOf(integrity) {
  const [algorithm, hash] = integrity.split('-');
  return { alg: algorithm.toUpperCase().replace('SHA', 'SHA-'), content: Buffer.from(hash, 'base64').toString('hex') };
}

/** What is in the files: libraries with their versions, as they were found by the build. */
function ingredients() {
  const [path, { version: wasm, integrity }] = /** @type {[string, any]} */ (
    Object.entries(json('package-lock.json').packages).find(([name]) => name === 'node_modules/@sqlite.org/sqlite-wasm')
  );
  const toml = versionOf(headerOf('tomlplusplus', 'toml++/impl/version.h'), 'TOML_LIB');
  const nlohmann = versionOf(headerOf('nlohmann_json', 'nlohmann/detail/abi_macros.hpp'), 'NLOHMANN_JSON_VERSION');
  const emscripten = readFileSync(join(text('build/wasm/configured-for.txt').trim(), 'emscripten-version.txt'), 'utf8').replaceAll(/["\s]/g, '');
  const sqlite = wasm.replace(/-.*/, '');
  return [
    component('library', '@sqlite.org/sqlite-wasm', wasm, json(path, 'package.json').license, `pkg:npm/%40sqlite.org/sqlite-wasm@${wasm}`, {
      hashes: [hashOf(integrity)],
      components: [component('library', 'sqlite', sqlite, 'blessing', `pkg:generic/sqlite@${sqlite}`)],
    }),
    component('library', 'tomlplusplus', toml, 'MIT', `pkg:github/marzer/tomlplusplus@v${toml}`),
    component('library', 'nlohmann_json', nlohmann, 'MIT', `pkg:github/nlohmann/json@v${nlohmann}`),
    component('library', 'emscripten', emscripten, 'MIT OR NCSA', `pkg:github/emscripten-core/emscripten@${emscripten}`, {
      description: 'Its C and C++ libraries, as far as they are used: musl (MIT), libc++ and compiler-rt (Apache-2.0 WITH LLVM-exception).',
    }),
    bundled('hyparquet'),
    bundled('papaparse'),
  ];
}

/** @param {string} file */
const hashesOf = (file) => [{ alg: 'SHA-256', content: createHash('sha256').update(readFileSync(join(root, file))).digest('hex') }];

/** @returns {object} The bill of what dist/ holds. */
export function bill() {
  const { name, version, description, license: id } = json('package.json');
  const purl = `pkg:npm/${name}@${version}`;
  const components = ingredients();
  const files = ['core', 'http', 'json', 'secrets', 'sqlite3', 'row_packer', 'row_binder', 'callbacks'].map((file) => `dist/browser/${file}.wasm`);
  const contents = {
    metadata: {
      lifecycles: [{ phase: 'build' }],
      component: { 'bom-ref': purl, type: 'library', name, version, description, licenses: license(id), purl },
    },
    components: [...components, ...files.map((file) => ({ 'bom-ref': `file:${file}`, type: 'file', name: file, hashes: hashesOf(file) }))],
    dependencies: [
      { ref: purl, dependsOn: components.map((part) => part['bom-ref']) },
      ...components.map((part) => ({ ref: part['bom-ref'], dependsOn: [] })),
    ],
  };
  const digest = createHash('sha256').update(JSON.stringify(contents)).digest('hex');
  const uuid = [digest.slice(0, 8), digest.slice(8, 12), `8${digest.slice(13, 16)}`, `a${digest.slice(17, 20)}`, digest.slice(20, 32)].join('-');
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber: `urn:uuid:${uuid}`, version: 1, ...contents,
  };
}

/** @param {string} [folder] Default `dist/sbom`. */
export function writeBill(folder = join(root, 'dist/sbom')) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'hawser.cdx.json'), `${JSON.stringify(bill(), undefined, 2)}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    writeBill();
    say('dist/sbom/ is written');
  });
}

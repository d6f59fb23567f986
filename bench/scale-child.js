/** Memory of one cache in a process of its own, see scale.js: `node scale-child.js <name> memory|budget <entries|bytes>`. */
import v8 from 'node:v8';
import vm from 'node:vm';
import { createHawser } from '../js/index.js';
import { subjects } from './scale-subjects.js';

const [name, what, number] = process.argv.slice(2);
v8.setFlagsFromString('--expose-gc');
const collect = /** @type {() => void} */ (vm.runInNewContext('gc'));

/** After a collection, when freed buffers have been given back too. */
async function settled() {
  for (let i = 0; i < 3; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return process.memoryUsage();
}

/** @param {number} entries */
async function memory(entries) {
  const { make } = subjects[name];
  const warm = make(10);
  for (let i = 0; i < 10_000; i++) await warm(`warm-${i}`);
  const cached = make(entries);
  await cached('first');
  const before = await settled();
  for (let i = 0; i < entries; i++) await cached(`key-${String(i).padStart(6, '0')}`);
  const after = await settled();
  await cached('first'); // Still in use.
  return { bytes: after.heapUsed + after.external - before.heapUsed - before.external };
}

/** Sizes from 1 to 100 KB, always the same. */
function* sizes() {
  let state = 1;
  for (let i = 0; i < 4000; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield 1024 + (state % (99 * 1024));
  }
}

/** @param {number} bytes */
async function budget(bytes) {
  const bounded = name === 'Hawser, tables' ? await tables(bytes) : subjects[name].makeBounded?.(bytes);
  if (!bounded) throw new Error(`${name} has no bound in bytes`);
  await bounded(-1, 10);
  const before = await settled();
  let id = 0;
  for (const size of sizes()) await bounded(id++, size);
  const after = await settled();
  await bounded(-1, 10);
  return { held: after.arrayBuffers - before.arrayBuffers };
}

/** @param {number} bytes */
async function tables(bytes) {
  const hawser = createHawser({ secrets: [], cache: { maxBytes: bytes } });
  const conn = await hawser.connection('sql', { url: 'sqlite://' });
  return (/** @type {number} */ id, /** @type {number} */ size) =>
    conn.sql`with recursive r(i) as (select ${id} union all select i + 1 from r limit ${Math.max(1, size >> 3)}) select i * 1.5 as x from r`;
}

const result = what === 'memory' ? await memory(Number(number)) : await budget(Number(number));
console.log(JSON.stringify(result));
process.exit();

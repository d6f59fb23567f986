/**
 * From bytes to rows and tables: CSV against Papa Parse and uDSV, Parquet against hyparquet by itself, JSON with integers beyond 2^53
 * against JSON.parse, which rounds them. All of it is in memory; what the libraries of the peers need of it (text, buffers) they get.
 */
import { parquetReadObjects } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import Papa from 'papaparse';
import { inferSchema, initParser } from 'udsv';
import { parseJson } from '../js/formats/json_text.js';
import { readTable } from '../js/formats/read.js';
import { race } from './measure.js';

const ROWS = 200_000;
const WORDS = ['alpha', 'beta', 'gamma', 'delta', 'epsilon'];

const rows = Array.from({ length: ROWS }, (_, i) => ({
  id: i, score: Math.round(Math.abs(Math.sin(i)) * 1e6) / 1e3, name: `${WORDS[i % 5]} ${i}`, word: WORDS[(i * 7) % 5], at: `2024-01-01T00:00:${String(i % 60).padStart(2, '0')}Z`, ok: i % 3 === 0,
}));

/** @param {boolean} quoted */
const csvOf = (quoted) =>
  `id,score,name,word,at,ok\n${rows.map(({ id, score, name, word, at, ok }) => `${id},${score},${name},${quoted ? `"${word}, ""and more"""` : word},${at},${ok}`).join('\n')}\n`;

/** @param {Uint8Array} bytes */
const sourceOf = (bytes) => ({
  size: bytes.length,
  bytes: async () => bytes,
  stream: async () => /** @type {ReadableStream<Uint8Array>} */ (new Response(/** @type {any} */ (bytes)).body),
  slice: async (/** @type {number} */ start, /** @type {number} */ end) => bytes.subarray(start, end),
});

/** Some of a row, of whatever has rows. @param {any} result */
function answer(result) {
  const list = Array.isArray(result) ? result : result.toArray();
  const { id, score, name, word, ok } = list.at(-7);
  return JSON.stringify([list.length, Number(id), score, name, word, ok]);
}

/** @param {(text: string) => void} progress @param {boolean} quoted */
function csv(progress, quoted) {
  const text = csvOf(quoted);
  const source = sourceOf(new TextEncoder().encode(text));
  const columns = () => {
    const [id, score, name, word, , ok] = initParser(inferSchema(text)).typedCols(text);
    const last = id.length - 7;
    return { toArray: () => Array.from({ length: id.length }, (_, i) => (i === last ? { id: id[i], score: score[i], name: name[i], word: word[i], ok: ok[i] } : {})) };
  };
  return race({
    title: `CSV ${quoted ? 'with quotes' : 'without quotes'}`,
    note: `${ROWS} rows of 6 columns, ${(text.length / 1e6).toFixed(1)} MB, types found. Hawser begins with bytes and looks at every cell, Papa Parse with a text and looks at every cell, uDSV with a text and looks at the first ten rows.`,
    baseline: 'Hawser, Table',
    contestants: [
      { name: 'Hawser, Table', run: () => readTable(source, 'csv') },
      { name: 'Hawser, row objects', run: async () => (await readTable(source, 'csv')).toArray() },
      { name: 'uDSV, columns', run: columns },
      { name: 'uDSV, row objects', run: () => initParser(inferSchema(text)).typedObjs(text) },
      { name: 'Papa Parse, row objects', run: () => Papa.parse(text, { header: true, dynamicTyping: (/** @type {any} */ name) => name !== 'at', skipEmptyLines: true }).data },
    ],
    answer,
    progress,
  });
}

/** @param {(text: string) => void} progress */
function parquet(progress) {
  const column = (/** @type {'id' | 'score' | 'name' | 'word' | 'ok'} */ name, /** @type {any} */ type) => ({ name, type, data: rows.map((row) => row[name]) });
  const columnData = [{ name: 'id', type: /** @type {const} */ ('INT64'), data: BigInt64Array.from(rows, ({ id }) => BigInt(id)) }, column('score', 'DOUBLE'), column('name', 'STRING'), column('word', 'STRING'), column('ok', 'BOOLEAN')];
  const buffer = parquetWriteBuffer({ columnData, rowGroupSize: 100_000 });
  const source = sourceOf(new Uint8Array(buffer));
  const file = { byteLength: buffer.byteLength, slice: (/** @type {number} */ start, /** @type {number | undefined} */ end) => buffer.slice(start, end) };
  return race({
    title: 'Parquet',
    note: `${ROWS} rows of 5 columns, ${(buffer.byteLength / 1e6).toFixed(1)} MB, snappy. The rows of hyparquet have 64-bit integers as bigints.`,
    baseline: 'Hawser, Table',
    contestants: [
      { name: 'Hawser, Table', run: () => readTable(source, 'parquet') },
      { name: 'Hawser, row objects', run: async () => (await readTable(source, 'parquet')).toArray() },
      { name: 'hyparquet, row objects', run: () => parquetReadObjects({ file }) },
    ],
    answer,
    progress,
  });
}

/** @param {(text: string) => void} progress */
async function json(progress) {
  const plain = JSON.stringify(rows);
  const long = plain.replace(/"id":(\d+)/g, (_, id) => `"id":${9007199254740993n + BigInt(id)}`);
  const of = (/** @type {any[]} */ list) => JSON.stringify([list.length, list.at(-1).name, list.at(-1).score]);
  const mb = `${(plain.length / 1e6).toFixed(1)} MB`;
  return [
    await race({
      title: 'JSON',
      note: `${ROWS} objects, ${mb}, no integer beyond 2^53.`,
      baseline: 'JSON.parse',
      contestants: [{ name: 'JSON.parse', run: () => JSON.parse(plain) }, { name: 'Hawser, parseJson', run: () => parseJson(plain) }],
      answer: of,
      progress,
    }),
    await race({
      title: 'JSON with an integer beyond 2^53 in each object',
      baseline: 'JSON.parse, rounds',
      contestants: [
        { name: 'JSON.parse, rounds', run: () => JSON.parse(long) }, { name: "Hawser, int64: 'bigint'", run: () => parseJson(long, { int64: 'bigint' }) },
        { name: "Hawser, int64: 'string'", run: () => parseJson(long, { int64: 'string' }) },
      ],
      answer: of,
      progress,
    }),
  ];
}

/** @param {{ progress: (text: string) => void }} options */
export async function run({ progress }) {
  return [await csv(progress, false), await csv(progress, true), await parquet(progress), ...(await json(progress))];
}

/**
 * The suite as a program of its own, for Node.js, Deno and Bun: reads `{ id, name, facts }` line by line, answers `{ id, failure }`.
 * A warning of the process is a failure.
 */
import process from 'node:process';
import { createInterface } from 'node:readline';
import { run } from './suite.js';

/** @type {string[]} */
const warnings = [];
process.on('warning', ({ name, message }) => {
  // Of Node.js 22, about its own module.
  if (!(name === 'ExperimentalWarning' && message.startsWith('SQLite'))) warnings.push(`warning: ${message}`);
});

for await (const line of createInterface({ input: process.stdin })) {
  const { id, name, facts } = JSON.parse(line);
  const failure = await run(name, facts);
  await new Promise((resolve) => setImmediate(resolve)); // Warnings come in a turn of their own.
  const problems = [failure, ...warnings.splice(0)].filter(Boolean).join('\n') || undefined;
  process.stdout.write(`${JSON.stringify({ id, failure: problems })}\n`);
}

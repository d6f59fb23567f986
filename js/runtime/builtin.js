/**
 * Modules of Node.js as they are: `import` makes a namespace of them first, which reads every property and so loads what is behind it
 * (of node:fs alone for 2 ms). For those that are in every program's way.
 */
import { createRequire } from 'node:module';

const { process } = globalThis;

/** @type {(name: string) => any} Node.js before 20.16 has no getBuiltinModule. */
const builtin = process.getBuiltinModule ?? createRequire(import.meta.url);

/** @type {typeof import('node:fs')} */
export const fs = builtin('node:fs');

export { process };

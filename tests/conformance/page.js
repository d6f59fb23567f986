/** The suite as a program for a browser page: leaves one function in the global scope. */
import { names, run } from './suite.js';

Object.assign(globalThis, { conformance: { names, run } });

/** The suite as a program for a browser page: leaves one object in the global scope. */
import * as conformance from './place.js';

Object.assign(globalThis, { conformance });

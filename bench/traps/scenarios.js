/**
 * Traps that caches were found in, as scenarios that any of them can be run through: by tests/js/cache-traps.test.js
 * for Hawser, by bench/traps.js for all.
 */
import { flights } from './flights.js';
import { keys } from './keys.js';
import { storage } from './storage.js';
import { values } from './values.js';

/** @type {import('./subject.js').Scenarios} */
export const scenarios = { ...flights, ...keys, ...values, ...storage };

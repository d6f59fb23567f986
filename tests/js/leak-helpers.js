/**
 * Markers that must not come out, and everything that is shown. Both leak tests push unique values through all that
 * prints, clones, throws or stores something.
 */
import { expect } from '@jest/globals';
import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { inspect } from 'node:util';
import { MessageChannel } from 'node:worker_threads';

/** Everything that was shown. @type {{ where: string, text: string }[]} */
export const shown = [];
/** @type {string[]} */
export const markers = [];

/** A value that nothing else contains. @param {string} name */
export function marker(name) {
  const text = `mk-${name}-${(markers.length * 7919 + 104729).toString(36)}Qz!`;
  markers.push(text);
  return text;
}

/** Shows a thing in every way there is. @param {string} where @param {any} thing */
export function show(where, thing) {
  const add = (/** @type {() => unknown} */ write) => {
    try {
      shown.push({ where, text: String(write()) });
    } catch (error) {
      // Cloning may be refused, printing must not fail.
      if (/** @type {any} */ (error)?.name !== 'DataCloneError') throw error;
      shown.push({ where: `${where} (refused)`, text: inspect(error, { depth: Infinity, showHidden: true }) });
    }
  };
  for (const options of [{}, { depth: Infinity }, { showProxy: true, depth: 9 }, { showHidden: true, depth: 9 }, { customInspect: false, depth: 9 }, { compact: false, depth: 0 }]) {
    add(() => inspect(thing, options));
    add(() => inspect({ nested: [thing] }, options));
  }
  add(() => String(thing));
  add(() => `${thing}`);
  add(() => thing + '');
  add(() => JSON.stringify(thing));
  add(() => JSON.stringify({ nested: [thing] }));
  add(() => inspect(structuredClone(thing), { depth: Infinity, showHidden: true }));
  add(() => printed(thing));
  add(() => posted(thing));
}

/** @param {unknown} thing */
function printed(thing) {
  let text = '';
  const stdout = new Writable({ write: (chunk, _, done) => ((text += chunk), done()) });
  const printer = new Console({ stdout });
  printer.log(thing, '%o %O %j %s', thing, thing, thing, thing);
  printer.dir(thing, { depth: 9 });
  return text;
}

/** @param {unknown} thing */
function posted(thing) {
  const { port1, port2 } = new MessageChannel();
  try {
    port1.postMessage(thing);
    return 'posted';
  } finally {
    port1.close();
    port2.close();
  }
}

/** Shows what an action throws, or rejects with. @param {string} where @param {() => unknown} act */
export async function showFailure(where, act) {
  try {
    await act();
  } catch (/** @type {any} */ error) {
    show(where, error);
    shown.push({ where: `${where} stack`, text: `${error.stack}\n${error.cause?.stack}` });
    return;
  }
  throw new Error(`${where} should have failed`);
}

/** @param {number} least How many things must have been shown for the test to mean anything. */
export function expectNoLeak(least) {
  expect(shown.length).toBeGreaterThan(least);
  for (const text of markers) {
    const encoded = [text, encodeURIComponent(text), btoa(text).replace(/=+$/, '')];
    const leaks = shown.filter((one) => encoded.some((form) => one.text.includes(form)));
    expect(leaks.slice(0, 3).map(({ where, text: out }) => ({ where, text: out.slice(0, 2000) }))).toEqual([]);
  }
}

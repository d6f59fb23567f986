/**
 * What the tests of the cache share: a clock that they turn, and loads that they end.
 */
import { ResultCache } from '../../js/cache/results.js';
import { loadCore } from '../../js/core.js';

/** @param {ConstructorParameters<typeof ResultCache>[0] & { identity?: string, space?: any }} [options] */
export async function makeCache({ space: spaceOptions, ...options } = {}) {
  await loadCore();
  const clock = { time: 1_700_000_000_000, now: () => clock.time };
  /** @type {any[]} */
  const events = [];
  const hooks = Object.fromEntries(
    ['onHit', 'onStale', 'onJoin', 'onMiss', 'onLoad', 'onError', 'onEvict'].map((name) => [
      name,
      (/** @type {object} */ event) => events.push({ name, ...event }),
    ]),
  );
  const cache = new ResultCache({ clock, hooks, random: () => 0.5, waitUntil: track, ...options });
  const space = cache.space('test', spaceOptions);
  return { cache, space, clock, events };
}

/** Work in the background that has not ended. @type {Set<Promise<unknown>>} */
const background = new Set();

/** @param {Promise<unknown>} work */
export function track(work) {
  background.add(work);
  const end = () => background.delete(work);
  work.then(end, end);
}

/** When no work in the background is left, of any cache. */
export async function stored() {
  await settle();
  while (background.size > 0) {
    await Promise.allSettled(background);
    await settle();
  }
}

/** A load that the test ends. */
export function makeLoad() {
  /** @type {{ resolve: (value: unknown) => void, reject: (error: unknown) => void, signal: AbortSignal }[]} */
  const calls = [];
  /** @param {{ signal: AbortSignal }} options */
  const load = ({ signal }) =>
    new Promise((resolve, reject) => {
      calls.push({ resolve, reject, signal });
    });
  return { load, calls };
}

/** Lets everything that is ready run. */
export const settle = () => new Promise((resolve) => setImmediate(resolve));

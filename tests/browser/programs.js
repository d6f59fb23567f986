/**
 * Programs that the tests start: finding them, starting them in a process group of their own, and ending all of it.
 */
import { spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * @param {(string | undefined)[]} places Paths, the preferred one first.
 * @returns {string | undefined} The first that can be run.
 */
export function findProgram(places) {
  return places.find((path) => {
    try {
      return path && (accessSync(path, constants.X_OK), true);
    } catch {
      return false;
    }
  });
}

/**
 * Whether tests that need a program can run. Where it is missing that is said aloud, and under CI=true it is an error.
 * @param {boolean} there
 * @param {string} what Its name and how to install it.
 * @returns {boolean}
 */
export function have(there, what) {
  if (there) return true;
  if (process.env.CI === 'true' || process.env.CI === '1') throw new Error(what);
  console.warn(`SKIPPED: ${what}`);
  return false;
}

/** A new folder for a browser's profile. */
export const newProfile = () => mkdtempSync(join(tmpdir(), 'hawser-browser-'));

/** @param {string} profile A browser that dies may still be writing there. */
export const removeProfile = (profile) => rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });

/**
 * @typedef {object} Program
 * @property {number} pid
 * @property {string} announced What the first group of `ready` matched.
 * @property {Promise<void>} ended
 * @property {() => Promise<void>} kill SIGKILL to this one process, as a crash or the system would; resolves when it is gone.
 * @property {() => Promise<void>} end The same to all processes of its group.
 */

/** Group leaders that live. They must not outlive this process. @type {Set<number>} */
const living = new Set();
const endAll = () => living.forEach((pid) => signalGroup(pid));
process.on('exit', endAll);
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.once(signal, () => {
    endAll();
    process.kill(process.pid, signal);
  });
}

/** @param {number} pid */
function signalGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing of it is left.
  }
}

/**
 * Starts a program and waits until it says that it is ready.
 * @param {string} path
 * @param {string[]} args
 * @param {object} options
 * @param {RegExp} [options.ready] Matches what it writes then, to stdout or stderr; without one it is ready when it runs.
 * @param {Record<string, string>} [options.env] Added to this process's own.
 * @param {number} [options.patience] Milliseconds; default 60 000.
 * @returns {Promise<Program>}
 * @throws {Error} When it ends or says nothing before, with what it wrote.
 */
export function startProgram(path, args, { ready, env = {}, patience = 60_000 }) {
  const child = spawn(path, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  const { pid } = child;
  if (pid === undefined) return new Promise((_, reject) => child.once('error', reject));
  living.add(pid);
  /** @type {Promise<void>} */
  const ended = new Promise((resolve) => child.once('exit', () => resolve()));
  const end = async () => {
    signalGroup(pid);
    await ended;
    signalGroup(pid); // Whatever it was just starting.
    living.delete(pid);
  };
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  if (!ready) {
    child.stdout.resume();
    child.stderr.resume();
    return Promise.resolve({ pid, announced: '', ended, kill, end });
  }
  return new Promise((resolve, reject) => {
    let output = '';
    const give = (/** @type {string} */ reason) => {
      clearTimeout(timer);
      void end().then(() => reject(new Error(`${path} ${reason}. It wrote:\n${output}`)));
    };
    const timer = setTimeout(() => give('did not get ready in time'), patience);
    void ended.then(() => give('ended'));
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        if (output.length > 100_000) return;
        output += text;
        const found = ready.exec(output);
        if (!found) return;
        output = ' '.repeat(100_001);
        clearTimeout(timer);
        resolve({ pid, announced: found[1], ended, kill, end });
      });
    }
  });
}

/**
 * How the Workers of one database find each other, and its files: names of locks, channels and folders, by the name of the
 * database.
 */
import { HawserError } from '../../errors.js';

/** Of what Workers say to each other; those of tabs that were not reloaded after an update may have another one. */
export const VERSION = 1;

/** Longest name of a folder that every file system has room for. */
const MAX_FOLDER = 180;

/**
 * One spelling for a name: browsers have no current folder, so 'pets.db', './pets.db' and '/pets.db' are the same.
 * @param {string} database
 * @returns {string}
 * @throws {HawserError} ERR_CONNECTION_CONFIG
 */
export function normalName(database) {
  /** @type {string[]} */
  const parts = [];
  for (const part of database.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  const name = parts.join('/');
  if (name === '' || /[\0-\x1f]/.test(name) || folderOf(name).length > MAX_FOLDER) {
    throw new HawserError('ERR_CONNECTION_CONFIG', `${JSON.stringify(database)} cannot be the name of a database: it is empty, too long or holds control characters.`, {
      phase: 'connect',
    });
  }
  return name;
}

/** @param {string} name @returns {string} A folder of its own for each database; no two names share one. */
const folderOf = (name) => encodeURIComponent(name).replace(/[*~'()!]/g, (char) => `%${char.charCodeAt(0).toString(16)}`);

/** @param {string} name Normal. */
export const poolFolder = (name) => `.hawser/sqlite/${folderOf(name)}`;

/**
 * @param {string} name Normal.
 * @param {string} vfs
 */
export function groupNames(name, vfs) {
  const group = `hawser:sqlite:${vfs}:${name}`;
  return {
    /** Held by the one Worker that has the file open. Also the channel that all Workers of the database listen to. */
    group,
    /** Held by a Worker as long as it lives. @param {string} id */
    life: (id) => `${group}:life:${id}`,
    /** Between the leader and one other Worker. @param {string} leader @param {string} id */
    pair: (leader, id) => `${group}:pair:${leader}:${id}`,
  };
}

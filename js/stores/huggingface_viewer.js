/**
 * A dataset as a whole, by the dataset viewer: the Parquet files that it has made of it. Its rows are not asked for one by one: those
 * come with long cells cut off, and a hundred at a time.
 */
import { HawserError } from '../errors.js';
import { viewerDiagnosis } from './huggingface_errors.js';
import { placeOfUrl } from './huggingface_paths.js';

/**
 * @typedef {object} ViewerFile
 * @property {string} config
 * @property {string} split
 * @property {string} url
 * @property {string} filename
 * @property {number} size Bytes.
 */

/**
 * The Parquet files of one split.
 * @param {object} what
 * @param {import('../http/exchange.js').Exchange} what.exchange
 * @param {import('../http/signer.js').Signer} what.signer
 * @param {string} what.viewer Its address, without a slash at the end.
 * @param {string} what.dataset owner/name
 * @param {{ config?: string, split?: string, partial?: boolean, signal?: AbortSignal, timeout?: number }} [how] config, split: needed when
 *   there are several. partial: a part of the dataset is good enough.
 * @returns {Promise<{ place: import('./huggingface_paths.js').Place, size: number }[]>} In their order.
 * @throws {HawserError} ERR_NOT_FOUND, ERR_AUTH, ERR_LIMIT (there is only a part), ERR_CONNECTION_CONFIG (several configs or splits)
 */
export async function parquetFiles({ exchange, signer, viewer, dataset }, { config, split, partial = false, ...how } = {}) {
  const query = new URLSearchParams({ dataset, ...(config !== undefined && { config }) });
  const diagnose = viewerDiagnosis({ dataset, known: signer.kind !== 'none' });
  const reply = await exchange.receive({ url: `${viewer}/parquet?${query}` }, { signer, diagnose, phase: 'viewer', ...how }, (response) => response.json());
  const { parquet_files: files = [], pending = [], failed = [], partial: isPart = false } = reply ?? {};
  const wanted = chosen(/** @type {ViewerFile[]} */ (files), dataset, { config, split });
  const concerned = (/** @type {any[]} */ jobs) => jobs.filter((job) => (config === undefined || job?.config === config) && (!wanted.length || job?.config === wanted[0].config));
  if (wanted.length === 0 || concerned(pending).length > 0) {
    if (concerned(pending).length > 0) throw new HawserError('ERR_HTTP_STATUS', `The dataset viewer is still converting ${dataset}: try again in a minute, or read its files by their paths.`, { dataset });
    const why = concerned(failed).length > 0 ? 'could not convert it' : 'has made none';
    throw new HawserError('ERR_NOT_FOUND', `There are no Parquet files of ${dataset}: the dataset viewer ${why}. Read its files by their paths.`, { dataset });
  }
  // Of large datasets it converts the first gigabytes only.
  if ((isPart === true || wanted.some(({ url }) => /\/partial-[^/]*\//.test(url))) && !partial) {
    throw new HawserError('ERR_LIMIT', `The dataset viewer has only the first part of ${dataset}. Say partial: true if that is good enough, or read its own files by their paths.`, { dataset, partial: true });
  }
  return wanted.map(({ url, size }) => {
    const place = placeOfUrl(url);
    if (!place || place.id !== dataset || place.type !== 'dataset') throw new HawserError('ERR_FORMAT', `The dataset viewer names a file of another place than ${dataset}.`, { dataset });
    return { place, size };
  });
}

/**
 * @param {ViewerFile[]} files @param {string} dataset @param {{ config?: string, split?: string }} which
 * @returns {ViewerFile[]}
 */
function chosen(files, dataset, { config, split }) {
  const configs = namesOf(files, 'config');
  const inConfig = files.filter((file) => file.config === (config ?? (configs.includes('default') || configs.length !== 1 ? 'default' : configs[0])));
  if (files.length > 0 && inConfig.length === 0) throw ambiguous(dataset, 'config', configs, config);
  const splits = namesOf(inConfig, 'split');
  const inSplit = inConfig.filter((file) => file.split === (split ?? (splits.length === 1 ? splits[0] : undefined)));
  if (inConfig.length > 0 && inSplit.length === 0) throw ambiguous(dataset, 'split', splits, split);
  return inSplit;
}

/** @param {ViewerFile[]} files @param {'config' | 'split'} key */
const namesOf = (files, key) => [...new Set(files.map((file) => file[key]))];

/** @param {string} dataset @param {string} what @param {string[]} names @param {string | undefined} asked */
function ambiguous(dataset, what, names, asked) {
  const list = names.slice(0, 20).join(', ') + (names.length > 20 ? ', …' : '');
  const message = asked === undefined ? `${dataset} has several ${what}s (${list}): say which, with ${what}: ${JSON.stringify(names[0])}.` : `${dataset} has no ${what} ${JSON.stringify(asked)}; there are ${list}.`;
  return new HawserError(asked === undefined ? 'ERR_CONNECTION_CONFIG' : 'ERR_NOT_FOUND', message, { dataset, [`${what}s`]: names });
}

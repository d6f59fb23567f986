/**
 * Everything that is sent to the dataset viewer of Hugging Face, and everything that the double of it answers, against its own contract.
 */
import { expect, test } from '@jest/globals';
import { createStore } from '../../js/stores/huggingface.js';
import { failure, storeContext } from '../js/store-contract.js';
import { startHuggingFace } from '../servers/huggingface.js';
import { sayUnchecked } from './contracts.js';
import { viewerContract } from './dataset_viewer.js';

const contract = await viewerContract();
if (!contract.checked) sayUnchecked('what is sent to the dataset viewer of Hugging Face');

test('the dataset viewer, where HAWSER_CONTRACTS names a folder: every request', async () => {
  if (!contract.checked) return;
  const file = (/** @type {string} */ split) => ({
    ...{ dataset: 'owner/set', config: 'default', split, filename: '0000.parquet', size: 10 },
    url: `https://huggingface.co/datasets/owner/set/resolve/refs%2Fconvert%2Fparquet/default/${split}/0000.parquet`,
  });
  const job = { kind: 'config-parquet', dataset: 'owner/waiting', config: 'default', split: null };
  const hub = await startHuggingFace({
    repos: {},
    parquet: {
      'owner/set': { body: { parquet_files: [file('train'), file('test')], pending: [], failed: [], partial: false } },
      'owner/waiting': { body: { parquet_files: [], pending: [job], failed: [], partial: false } },
      'owner/preparing': { status: 500, code: 'ResponseNotReady', body: { error: 'The response is not ready yet. Please retry later.' } },
      'owner/blocked': { status: 501, code: 'DatasetInBlockListError', body: { error: 'disabled' } },
    },
  });
  try {
    const store = /** @type {any} */ (createStore({ endpoint: hub.endpoint, viewer_endpoint: hub.viewer }, storeContext({ type: 'hf' })));
    expect((await store.parts('owner/set', { split: 'test' })).parts).toHaveLength(1);
    expect((await store.parts('owner/set', { config: 'default', split: 'train' })).parts).toHaveLength(1);
    for (const name of ['waiting', 'preparing', 'blocked', 'none']) await failure(store.parts(`owner/${name}`));
    expect(hub.violations).toEqual([]);
  } finally {
    await hub.close();
  }
});

test('the dataset viewer, where HAWSER_CONTRACTS names a folder: what is wrong is noticed', () => {
  if (!contract.checked) return;
  const url = (/** @type {string} */ path) => new URL(path, 'https://viewer.test');
  expect(contract.request('GET', url('/parquet?dataset=a%2Fb&config=c'))).toEqual([]);
  expect(contract.request('GET', url('/parquet?dataset=a%2Fb&splits=c'))).toHaveLength(1);
  expect(contract.request('GET', url('/parquet'))).toHaveLength(1);
  expect(contract.request('POST', url('/parquet?dataset=a%2Fb'))).toHaveLength(1);
  expect(contract.request('GET', url('/parquets'))).toHaveLength(1);
  expect(contract.response(url('/parquet'), 200, { parquet_files: [] })).toHaveLength(1);
  expect(contract.response(url('/parquet'), 418, {})).toHaveLength(1);
});

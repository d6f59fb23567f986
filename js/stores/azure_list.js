/**
 * The answer to List Blobs.
 */
import { HawserError } from '../errors.js';
import { childOf, childrenOf, parseXml, textOf } from './xml.js';
import { dateOf, directoryEntry } from './store.js';

/**
 * @param {string} xml
 * @returns {{ entries: (import('./store.js').Entry)[], next: string | undefined }} Paths are names of blobs. `next`: the marker of the
 *   page that follows.
 * @throws {HawserError} ERR_FORMAT
 */
export function parseBlobList(xml) {
  const root = parseXml(xml);
  if (root.name !== 'EnumerationResults') throw new HawserError('ERR_FORMAT', `Azure Storage answered ${root.name} where a list of blobs was asked for.`);
  const blobs = childOf(root, 'Blobs');
  const entries = (blobs?.children ?? []).flatMap((element) => {
    if (element.name === 'BlobPrefix') return [directoryEntry(nameOf(element))];
    // Accounts with a hierarchical namespace list their directories among the blobs.
    const isFile = element.name === 'Blob' && textOf(childOf(element, 'Properties'), 'ResourceType') !== 'directory';
    return isFile ? [blob(element)] : [];
  });
  return { entries, next: textOf(root, 'NextMarker') || undefined };
}

/** @param {import('./xml.js').Element} element @returns {string} Names that XML cannot hold come percent-encoded. */
function nameOf(element) {
  const [name] = childrenOf(element, 'Name');
  if (!name) throw new HawserError('ERR_FORMAT', 'Azure Storage listed a blob without a name.');
  return name.attributes.Encoded === 'true' ? decodeURIComponent(name.text) : name.text;
}

/** @param {import('./xml.js').Element} element @returns {import('./store.js').Entry} */
function blob(element) {
  const properties = childOf(element, 'Properties');
  const etag = textOf(properties, 'Etag') || textOf(properties, 'ETag');
  const size = textOf(properties, 'Content-Length');
  return {
    path: nameOf(element),
    type: 'file',
    size: size ? Number(size) : undefined,
    lastModified: dateOf(textOf(properties, 'Last-Modified') ?? null),
    // Lists have it without the quotes of the header.
    etag: etag && (/^(?:W\/)?"/.test(etag) ? etag : `"${etag}"`),
    contentType: textOf(properties, 'Content-Type') || undefined,
  };
}

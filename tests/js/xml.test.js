/**
 * The reader of the XML that object stores answer with.
 */
import { expect, test } from '@jest/globals';
import { childOf, childrenOf, errorDocument, parseXml, textOf } from '../../js/stores/xml.js';
import { errorOf } from './connection-helpers.js';

test('elements, attributes, entities, CDATA, comments', () => {
  const root = parseXml(
    `\uFEFF<?xml version="1.0" encoding="UTF-8"?>\n<!-- a list -->\n<List xmlns="http://s3" a='&lt;"'>` +
      '<n:Key>a&amp;b &#x65E5;&#26412;&#128512;</n:Key><Key><![CDATA[<raw> &amp; ]]>!</Key><!-- > --><Empty/><Empty ></Empty ><?x y?></List>\n',
  );
  expect(root.name).toBe('List');
  expect({ ...root.attributes }).toEqual({ xmlns: 'http://s3', a: '<"' });
  expect(childrenOf(root, 'Key').map(({ text }) => text)).toEqual(['a&b 日本😀', '<raw> &amp; !']);
  expect(childrenOf(root, 'Empty')).toHaveLength(2);
  expect(textOf(root, 'Empty')).toBe('');
  expect(textOf(root, 'Missing')).toBeUndefined();
  expect(childOf(undefined, 'Key')).toBeUndefined();
});

test.each([
  ['', 'no element'],
  ['text', 'no element'],
  ['<a>', 'does not end'],
  ['<a', 'does not end'],
  ['<a></b>', 'another element'],
  ['<a><b></a></b>', 'another element'],
  ['<a/><b/>', 'after the end'],
  ['<a/>text', 'after the end'],
  ['<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', 'document type'],
  ['<a>&x;</a>', 'unknown entity'],
  ['<a>&constructor;</a>', 'unknown entity'],
  ['<a>&#0;</a>', 'unknown entity'],
  ['<a>&#xD800;</a>', 'unknown entity'],
  ['<a>&#x110000;</a>', 'unknown entity'],
  ['<a>a & b</a>', 'unknown entity'],
  ['<a b=c/>', 'without quotes'],
  ['<a b="1" b="2"/>', 'cannot be'],
  ['<a><!ELEMENT b></a>', 'declaration'],
  ['<a><![CDATA[x</a>', 'does not end'],
  ['<!-- a', 'does not end'],
  ['<b>'.repeat(66), 'too many levels'],
])('refuses %j', async (text, what) => {
  const error = await errorOf(() => parseXml(text));
  expect(error.code).toBe('ERR_FORMAT');
  expect(error.message).toContain(what);
});

test('says where', async () => {
  expect(await errorOf(() => parseXml('<a>\n<b>\n </c></b></a>'))).toMatchObject({ line: 3, column: 5 });
});

test('error documents', () => {
  expect(errorDocument('<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Message>No.</Message></Error>')).toMatchObject({
    code: 'NoSuchKey',
    message: 'No.',
  });
  for (const text of ['', '{"error":1}', '<html><body>Bad gateway<br></html>', '<Error/>', '<a><Code>1</Code></a>']) {
    expect(errorDocument(text)).toBeUndefined();
  }
});

/**
 * Which values are taken out of texts, and which are left (docs/secrets.md).
 */
import { expect, test } from '@jest/globals';
import { Secrets } from '../../js/secrets/secrets.js';

/** @param {Record<string, unknown>} values */
function scrubber(values) {
  const secrets = new Secrets({ sources: [{ values }], environment: {} });
  secrets.keys();
  return (/** @type {string} */ text) => secrets.scrub(text);
}

test('texts of six characters and more', () => {
  const scrub = scrubber({ a: { host: 'db.internal', note: 'abcdef', short: 'abcde' } });
  expect(scrub('cannot reach db.internal: abcdef, abcde')).toBe('cannot reach [redacted]: [redacted], abcde');
});

test('short ones as whole words only', () => {
  const scrub = scrubber({ db: { name: 'orders', password: 'pass' } });
  expect(scrub('reordersx orders passing pass pass_word')).toBe('reordersx [redacted] passing [redacted] pass_word');
});

test('short credentials of any characters', () => {
  for (const password of ['a-b-c', '$1$&', 'x/y', '^.*$', '[ab]', 'a\\b.', '(((', '}{|+?', 'é-ü', 'a b c', "'\"`"]) {
    const scrub = scrubber({ db: { password } });
    expect(scrub(`failed: ${password}.`)).toBe(password.length < 4 ? `failed: ${password}.` : 'failed: [redacted].');
  }
});

test('ordinary values and the names of keys stay', () => {
  const scrub = scrubber({
    connections: { pets_db: { type: 'sql', dialect: 'postgresql', ssl: 'require', region: 'eu-west-1', port: 54321, day: '2024-01-01', name: 'pets_db' } },
    flag: 'true', count: '123456', token: 'bearer', secret: true, password: 'password',
  });
  const text = 'sql postgresql require eu-west-1 54321 2024-01-01 pets_db true 123456 bearer password';
  expect(scrub(text)).toBe(text);
});

test('credentials may be numbers', () => {
  const scrub = scrubber({ db: { pin: 1234, api_key: 9007199254740993n, password: '20240101' }, port: 4321 });
  expect(scrub('1234 9007199254740993 20240101 4321 123456')).toBe('[redacted] [redacted] [redacted] 4321 123456');
});

test('of URLs the password, the user, tokens, and the whole', () => {
  const scrub = scrubber({ db: { url: 'postgres://longuser:p%40ss@host:5432/d?sslmode=require&access_token=tok1' } });
  expect(scrub('user longuser, p@ss or p%40ss, tok1 at host:5432, sslmode=require')).toBe(
    'user [redacted], [redacted] or [redacted], [redacted] at host:5432, sslmode=require',
  );
  expect(scrub('in postgres://longuser:p%40ss@host:5432/d?sslmode=require&access_token=tok1!')).toBe('in [redacted]!');
  expect(scrubber({ url: 'sqlite://' })('sqlite:// cannot')).toBe('sqlite:// cannot');
});

test('lines of keys, encoded forms, elements of lists', () => {
  const line = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC';
  const key = `-----BEGIN PRIVATE KEY-----\n${line}\n-----END PRIVATE KEY-----`;
  const scrub = scrubber({ key, list: ['in list/1', { x: 'in tables&22' }] });
  expect(scrub(`${line} in%20list%2F1 in tables&22 in+tables%2622 ${btoa('in tables&22')}`)).toBe(
    '[redacted] [redacted] [redacted] [redacted] [redacted]',
  );
});

test('values that were replaced are remembered', async () => {
  const env = { HAWSER__A__TOKEN: 'first-token' };
  const secrets = new Secrets({ sources: [{ env }], environment: {} });
  await secrets.load();
  for (let i = 0; i < 20; i++) {
    env.HAWSER__A__TOKEN = `token-number-${i}`;
    await secrets.reload();
  }
  expect(secrets.scrub('first-token token-number-3 token-number-19')).toBe('[redacted] [redacted] [redacted]');
});

test('values of variables that were inserted', () => {
  const secrets = new Secrets({ sources: [{ toml: 'a = "x${{ DB_PASS }}y"' }], environment: { DB_PASS: 'hunter2x' } });
  secrets.keys();
  expect(secrets.scrub('xhunter2xy and hunter2x')).toBe('[redacted] and [redacted]');
});

test('the longest value goes first', () => {
  const scrub = scrubber({ a: 'secret-one', b: 'secret-one-and-more' });
  expect(scrub('secret-one-and-more secret-one')).toBe('[redacted] [redacted]');
});

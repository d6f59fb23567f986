/** Secrets: layers, reads, redaction, malformed sources. */
import { fails, hides, ok, same } from '../assert.js';

const GLOBAL = `
token = "tok-global-1"
limit = 10

[connections.a]
url = "sqlite://"
password = "pw-global-2"

[connections.shared]
url = "https://one.example"
retries = 3
`;

const PROJECT = `
limit = 20

[connections.b]
url = "sqlite://"

[connections.shared]
url = "https://two.example"
`;

/** @param {import('../suite.js').Context} context */
const layered = async ({ hawser }, options = {}) => {
  const { secrets } = hawser({ secrets: [{ toml: GLOBAL, name: 'global' }, { toml: PROJECT, name: 'project' }], ...options });
  await secrets.load();
  return secrets;
};

/** @type {Record<string, import('../suite.js').Case>} */
export const secrets = {
  'two layers are merged deep, the later one wins key by key': async (context) => {
    const s = await layered(context);
    same(s.get('limit'), 20);
    same(s.get('token'), 'tok-global-1');
    same(s.get('connections.a.password'), 'pw-global-2');
    same(s.get('connections.b.url'), 'sqlite://');
    same(s.get('connections.shared.url'), 'https://two.example');
    same(s.get('connections.shared.retries'), 3);
  },

  'a shallow merge replaces whole sections': async (context) => {
    const s = await layered(context, { merge: 'shallow' });
    same(s.has('connections.b.url'), true);
    same(s.has('connections.a'), false);
    same(s.get('token'), 'tok-global-1');
  },

  'load() adds layers on top': async (context) => {
    const s = await layered(context);
    await s.load({ toml: '[connections.a]\npassword = "pw-later-3"', name: 'later' }, { values: { extra: { deep: [1, 2] } } });
    same(s.get('connections.a.password'), 'pw-later-3');
    same(s.get('connections.a.url'), 'sqlite://');
    same(s.get('extra.deep'), [1, 2]);
  },

  'paths are dotted or arrays, with a fallback': async ({ hawser }) => {
    const { secrets: s } = hawser({ secrets: [{ toml: 'a."b.c".d = 1\nempty = ""\nno = false' }] });
    await s.load();
    same(s.get(['a', 'b.c', 'd']), 1);
    same(s.get('a."b.c".d'), 1);
    same(s.get('a.nothing', 'fallback'), 'fallback');
    same(s.get('empty', 'fallback'), '');
    same(s.get('no', true), false);
    same([s.has('a'), s.has('a.b'), s.has(['a', 'b.c'])], [true, false, true]);
  },

  'properties read like paths': async (context) => {
    const s = await layered(context);
    same(s.connections.shared.retries, 3);
    same(s.token, 'tok-global-1');
    same([...s.keys()].sort(), ['connections', 'limit', 'token']);
  },

  'a missing key names its path and the layers that were searched': async (context) => {
    const s = await layered(context);
    const error = await fails(() => s.get('connections.c.url'), 'ERR_SECRET_MISSING');
    ok(error.message.includes('connections.c.url'), error.message);
    ok(error.message.includes('global') && error.message.includes('project'), error.message);
    hides(error, 'tok-global-1', 'pw-global-2');
  },

  'JSON documents are layers like others': async ({ hawser }) => {
    const text = '{"connections": {"a": {"url": "sqlite://", "ports": [1, -2.5e3], "big": 9007199254740993, "no": null, "é": "\\ud83d\\ude00"}}}';
    const fetch = async (/** @type {unknown} */ url) => new Response(String(url).endsWith('bad.json') ? '{"a": 1,\n "b": x-tok-json-1}' : text);
    const { secrets: s } = hawser({ secrets: [{ toml: '[connections.a]\nurl = "x"\nuser = "me"' }, { url: 'https://h.test/a.json' }], fetch });
    await s.load();
    same(s.toObject(), { connections: { a: { url: 'sqlite://', user: 'me', ports: [1, -2500], big: 9007199254740993n, no: null, é: '😀' } } });
    same(s.explain('connections.a.ports').from?.type, 'array');
    const error = await fails(s.load({ url: 'https://h.test/bad.json' }), 'ERR_SECRETS_PARSE');
    same([error.line, error.column], [2, 7]);
    hides(error, 'tok-json-1');
    await fails(s.load({ url: 'https://h.test/b.json', name: 'b' }, { values: { a: '\ud800' } }), 'ERR_SECRETS_PARSE');
    same(s.get('connections.a.user'), 'me');
  },

  'every kind of TOML value arrives': async ({ hawser }) => {
    const toml = `
      big = 9007199254740993
      max = 9007199254740991
      real = 1.5
      whole = 2.0
      inf = -inf
      yes = true
      when = 2024-02-29T12:30:00.250+02:00
      day = 1979-05-27
      time = 07:32:00
      local = 1979-05-27T07:32:00
      mixed = [1, "two", [3.5, { four = 4 }]]
      text = "tab\\t, U+1F600 \\U0001F600, \\"quotes\\""
      literal = '\\d+'
      multi = """
one
two"""`;
    const { secrets: s } = hawser({ secrets: [{ toml }] });
    await s.load();
    same(s.get('big'), 9007199254740993n);
    same(s.get('max'), 9007199254740991);
    same([s.get('real'), s.get('whole'), s.get('inf'), s.get('yes')], [1.5, 2, -Infinity, true]);
    same(s.get('when').toISOString(), '2024-02-29T10:30:00.250Z');
    same([s.get('day'), s.get('time'), s.get('local')], ['1979-05-27', '07:32:00', '1979-05-27T07:32:00']);
    same(s.get('mixed'), [1, 'two', [3.5, { four: 4 }]]);
    same(s.get('text'), 'tab\t, U+1F600 😀, "quotes"');
    same([s.get('literal'), s.get('multi')], ['\\d+', 'one\ntwo']);
  },

  'malformed TOML says where, and shows no secret': async ({ hawser }) => {
    const toml = 'ok = "hunter2-first"\n[connections.a]\npassword = "hunter2-second\nurl = "x"';
    const { secrets: s } = hawser({ secrets: [{ toml, name: 'broken.toml' }] });
    const error = await fails(async () => (await s.load(), s.get('ok', 'fallback')), 'ERR_SECRETS_PARSE');
    same([error.source, error.line], ['broken.toml', 3]);
    ok(Number.isInteger(error.column) && error.column > 0, `column: ${error.column}`);
    hides(error, 'hunter2-first', 'hunter2-second');
    await fails(async () => (await s.load(), s.has('ok')), 'ERR_SECRETS_PARSE');
  },

  'TOML that lays down a key twice is malformed': async ({ hawser }) => {
    const { secrets: s } = hawser({ secrets: [{ toml: 'a = 1\na = 2', name: 'twice' }] });
    const error = await fails(s.load(), 'ERR_SECRETS_PARSE');
    same([error.source, error.line], ['twice', 2]);
  },

  'secrets are read-only': async (context) => {
    const s = await layered(context);
    await fails(() => void (/** @type {any} */ (s).limit = 1), 'ERR_SECRETS_READ_ONLY');
    await fails(() => void delete /** @type {any} */ (s).token, 'ERR_SECRETS_READ_ONLY');
    await fails(() => void (s.connections.shared.retries = 9), 'ERR_SECRETS_READ_ONLY');
    same(s.get('limit'), 20);
  },

  'no rendering shows a value': async (context) => {
    const s = await layered(context);
    const texts = [s, s.connections, s.connections.a].flatMap((value) => [String(value), JSON.stringify(value), JSON.stringify({ value })]);
    for (const text of texts) ok(!/tok-global-1|pw-global-2/.test(text), `it shows a secret: ${text.length} characters`);
  },

  'revealing is explicit': async (context) => {
    const s = await layered(context);
    const tree = s.toObject();
    same(tree.connections.a, { url: 'sqlite://', password: 'pw-global-2' });
    tree.connections.a.password = 'changed';
    same(s.get('connections.a.password'), 'pw-global-2');
  },

  'a source of the wrong kind is a TypeError': async ({ hawser }) => {
    await fails(async () => hawser({ secrets: [{ values: { a: [1, { b: () => 1 }] } }] }).secrets.load(), TypeError);
    await fails(async () => hawser({ secrets: [/** @type {any} */ ({ tom: 'a = 1' })] }).secrets.load(), TypeError);
    await fails(async () => hawser({ merge: /** @type {any} */ ('sideways') }), RangeError);
  },
};

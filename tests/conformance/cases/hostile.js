/** Secrets documents that were made to break a parser: ordinary errors in every runtime, and the next document is read. */
import { fails, ok, same } from '../assert.js';

/** @param {string} part @param {number} times */
const many = (part, times) => part.repeat(times);

/** What must not be more than malformed. @type {[string, string | Uint8Array][]} */
const MALFORMED = [
  ['[&', '[&'],
  ['a stray letter', 'ž'],
  ['an unclosed text', 'a = """'],
  ['NUL', 'a = "\0"'],
  ['a lone surrogate', 'a = "\udc00"'],
  ['bytes that are no UTF-8', Uint8Array.from([0x61, 0x3d, 0x22, 0xc3, 0x22])],
  ['an escape cut off', 'a = "\\'],
  ['a number without end', `a = 0x${many('_', 200)}`],
  ['an integer beyond 64 bits', 'a = 0xffffffffffffffffff'],
];

/** What is refused before it is parsed. @type {[string, string | Uint8Array][]} */
const BEYOND_LIMITS = [
  ['thousands of dotted keys', `${many('a.', 5000)}a=1`],
  ['thousands of quoted keys', `${many('"a" . ', 5000)}a=1`],
  ['a header of thousands', `[${many('a.', 50_000)}a]`],
  ['nested arrays', `a=${many('[', 100_000)}`],
  ['nested inline tables', `a=${many('{a=', 100_000)}`],
  ['both in turns', `a=${many('[{a.b=', 50_000)}`],
  ['more than a megabyte', `a = "${many('x', 2 ** 20)}"`],
  ['a long number', `a = ${many('1', 1000)}`],
];

/** @param {any} context @param {string | Uint8Array} toml @param {string} code */
async function refused({ hawser }, toml, code) {
  const { secrets } = hawser({ secrets: [{ toml, name: 'hostile' }] });
  const error = await fails(secrets.load(), code);
  same(error.source, 'hostile');
  const { secrets: next } = hawser({ secrets: [{ toml: 'a = [[[1]]]' }] });
  await next.load();
  same(next.toObject(), { a: [[[1]]] });
  return error;
}

/** @type {Record<string, import('../suite.js').Case>} */
export const hostile = {
  ...Object.fromEntries(
    MALFORMED.map(([name, toml]) => [
      `malformed: ${name}`,
      async (context) => {
        const error = await refused(context, toml, 'ERR_SECRETS_PARSE');
        ok(error.line >= 1 && error.column >= 1, `it stands at ${error.line}:${error.column}`);
      },
    ]),
  ),
  ...Object.fromEntries(BEYOND_LIMITS.map(([name, toml]) => [`limit: ${name}`, (context) => refused(context, toml, 'ERR_SECRETS_LIMIT').then(() => {})])),

  'the deepest document that is allowed': async ({ hawser }) => {
    const { secrets } = hawser({ secrets: [{ toml: `${many('a.', 50)}a=${many('[', 24)}${many('{a=', 24)}1${many('}', 24)}${many(']', 24)}` }] });
    await secrets.load();
    let depth = 0;
    for (let at = secrets.toObject(); typeof at === 'object'; at = Array.isArray(at) ? at[0] : at.a) depth += 1;
    same(depth, 99);
  },

  'a valid text that toml++ takes for impossible': async ({ hawser }) => {
    const { secrets } = hawser({ secrets: [{ toml: 's = """\\\n§"""' }] });
    await secrets.load();
    same(secrets.get('s'), '§');
  },

  'names of JavaScript are plain keys': async ({ hawser }) => {
    const { secrets } = hawser({
      secrets: [
        { toml: '[__proto__]\npolluted = 1\n[constructor]\nprototype = 1\n[a]\ntoString = "x"\n__proto__ = 2' },
        { values: JSON.parse('{"__proto__": {"more": 2}, "a": {"valueOf": 3}}') },
        { env: { HAWSER____PROTO____ENV: '4' } },
      ],
    });
    await fails(secrets.load(), 'ERR_SECRETS_PARSE'); // The name of the variable has an empty part.
    const { secrets: s } = hawser({
      secrets: [
        { toml: '[__proto__]\npolluted = 1\n[constructor]\nprototype = 1\n[a]\ntoString = "x"\n__proto__ = 2' },
        { values: JSON.parse('{"__proto__": {"more": 2}, "a": {"valueOf": 3}}') },
      ],
    });
    await s.load();
    same(s.get('__proto__.polluted') + s.get('__proto__.more') + s.get('a.__proto__') + s.get('a.valueOf'), 8);
    same([s.get('constructor.prototype'), s.get('a.toString')], [1, 'x']);
    same([/** @type {any} */ ({}).polluted, /** @type {any} */ ({}).more], [undefined, undefined]);
    await fails(() => s.get('hasOwnProperty'), 'ERR_SECRET_MISSING');
  },
};

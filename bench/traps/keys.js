/**
 * Traps in what counts as the same call.
 */
import { giving, need, outcome } from './subject.js';

/** Pairs of argument lists that mean different things. */
const PAIRS = /** @type {[string, unknown[], unknown[]][]} */ ([
  ['undefined and null', [undefined], [null]],
  ['a Date and its text', [new Date(5)], [new Date(5).toISOString()]],
  ['NaN and null', [NaN], [null]],
  ['1n and 2n', [1n], [2n]],
  ['1n and 1', [1n], [1]],
  ['"1" and 1', ['1'], [1]],
  ['two Maps', [new Map([['a', 1]])], [new Map([['a', 2]])]],
  ['two Sets', [new Set([1])], [new Set([2])]],
  ['two ArrayBuffers', [new Uint8Array([1]).buffer], [new Uint8Array([2]).buffer]],
  ['two RegExps', [/a/], [/b/]],
  ['Uint8Array [1] and {0:1}', [new Uint8Array([1])], [{ 0: 1 }]],
  ['one text or two', ['doc1', 'acme'], ['doc1str:orgstr:acme']],
  ['SQL that differs after a ?', ['select ? and b = 1'], ['select ? and b = 2']],
]);

/** Texts that look like the ids that databases hand out; always the same. @param {number} count */
function ids(count) {
  let state = 1;
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0).toString(16).padStart(8, '0');
  return Array.from({ length: count }, () => `${next()}-${next()}`);
}

/** @type {import('./subject.js').Scenarios} */
export const keys = {
  'an argument object is changed: it is another call': async ({ wrap }) => {
    const cached = await wrap(async (params) => params.x);
    const params = { x: 1 };
    await cached(params);
    params.x = 2;
    return (await cached(params)) === 2 ? undefined : 'the old key comes back';
  },

  'calls that mean different things have different keys': async ({ wrap }) => {
    /** @type {string[]} */
    const wrong = [];
    for (const [what, a, b] of PAIRS) {
      let loads = 0;
      const cached = await wrap(async () => ++loads);
      const [first, second] = [await outcome(() => cached(...a)), await outcome(() => cached(...b))];
      if (!('value' in first) || !('value' in second)) wrong.push(`${what}: throws`);
      else if (first.value === second.value) wrong.push(what);
    }
    return wrong.length ? wrong.join('; ') : undefined;
  },

  'no two of 200,000 ids have the same key': async ({ wrap }) => {
    const cached = await wrap(async (id) => id);
    let wrong = 0;
    for (const id of ids(200_000)) if ((await cached(id)) !== id) wrong += 1;
    return wrong ? `${wrong} callers get what belongs to another id` : undefined;
  },

  'the order of properties does not matter': async ({ wrap }) => {
    let loads = 0;
    const cached = await wrap(async () => ++loads);
    await cached({ a: 1, b: 2 });
    await cached({ b: 2, a: 1 });
    return loads > 1 ? 'loaded twice' : undefined;
  },

  'two inline functions in one cache do not share results': async ({ wrap, wrapBeside }) => {
    const beside = need(wrapBeside, 'functions without names or keys');
    const one = await wrap(giving(1));
    const two = beside(giving(2));
    return [await one('k'), await two('k')].join() === '1,2' ? undefined : 'one answers for the other';
  },
};

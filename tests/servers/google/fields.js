/**
 * Field masks, as the parameter `fields` has them: `sheets(properties(title,sheetId),data.rowData)`.
 */
import { Refusal } from './workbook.js';

/** @returns {Map<string, Map>} An empty map stands for all that is in there. */
export function parseMask(text) {
  let at = 0;
  const list = () => {
    const fields = new Map();
    for (;;) {
      const [name] = /^[\w.*]+/.exec(text.slice(at)) ?? [''];
      if (!name) throw new Refusal(400, 'INVALID_ARGUMENT', `Request contains an invalid argument: Invalid field selection ${text.slice(at)}`);
      at += name.length;
      let inner = new Map();
      if (text[at] === '(') {
        at += 1;
        inner = list();
        if (text[at] !== ')') throw new Refusal(400, 'INVALID_ARGUMENT', 'Invalid field selection');
        at += 1;
      }
      add(fields, name.split('.'), inner);
      if (text[at] !== ',') return fields;
      at += 1;
    }
  };
  const mask = list();
  if (at < text.length) throw new Refusal(400, 'INVALID_ARGUMENT', `Invalid field selection ${text.slice(at)}`);
  return mask;
}

function add(fields, [name, ...rest], inner) {
  const below = rest.length ? (fields.get(name) ?? new Map()) : inner;
  if (rest.length) add(below, rest, inner);
  fields.set(name, below);
}

/** Only what the mask selects. */
export function select(value, mask) {
  if (mask.size === 0 || mask.has('*')) return value;
  if (Array.isArray(value)) return value.map((item) => select(item, mask));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries([...mask].filter(([name]) => value[name] !== undefined).map(([name, inner]) => [name, select(value[name], inner)]));
}

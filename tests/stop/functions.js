/** Functions that Workers import. */
export const shout = (/** @type {string} */ text) => `${text.toUpperCase()}!`;

export const fail = () => {
  throw new Error('no luck');
};

export const list = {
  start: () => [],
  step: (/** @type {unknown[]} */ values, /** @type {unknown} */ value) => void values.push(value),
  result: (/** @type {unknown[]} */ values) => JSON.stringify(values),
};

/**
 * A page that calls methods of a Google Sheets connection.
 */
import { createHawser } from '../../js/index.js';

Object.assign(globalThis, {
  /** @param {Record<string, any>} config `token`: what the page's function for it gives. @param {string} method @param {...any} args */
  sheets: async ({ token, ...config }, method, ...args) => {
    const hawser = createHawser({ secrets: [] });
    try {
      const conn = /** @type {any} */ (await hawser.connection('zoo', { type: 'gsheets', ...config, ...(token && { token: () => token }) }));
      const value = await conn[method](...args);
      return { value: typeof value?.toArray === 'function' ? value.toArray() : value };
    } catch (error) {
      const { name, code, message } = /** @type {any} */ (error);
      return { error: { name, code, message } };
    } finally {
      await hawser.close();
    }
  },
});

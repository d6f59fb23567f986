/**
 * The same as glue_now.js for pages: they download it when there are layers to read, and JSON documents among them.
 */

/** @type {typeof import('../../dist/secrets.js').default | undefined} */
let create;

export const glue = () => create;

export const loadGlue = async () => void (create ??= (await import('../../dist/secrets.js')).default);

/** @type {typeof import('./json_core.js') | undefined} */
let json;

export const jsonParser = () => json?.parseJson;

export const loadJson = async () => (json ??= await import('./json_core.js')).loadJson();

/**
 * The same as glue_now.js for pages: they download it when there are layers to read.
 */

/** @type {typeof import('../../dist/secrets.js').default | undefined} */
let create;

export const glue = () => create;

export const loadGlue = async () => void (create ??= (await import('../../dist/secrets.js')).default);

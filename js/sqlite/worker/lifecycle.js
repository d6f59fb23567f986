/**
 * When a browser stops a page without ending it: frozen in the background, or kept for the way back. Whatever such a page holds
 * nobody else can have, and its Workers do nothing any more.
 */

/**
 * @param {object} on
 * @param {() => void} on.onFreeze Called at the last moment: nothing that takes time may begin.
 * @param {() => void} on.onResume
 * @returns {() => void} Ends it.
 */
export function watchLifecycle({ onFreeze, onResume }) {
  const { document } = globalThis;
  if (!document) return () => {}; // In a Worker, which is told nothing.
  const onShow = (/** @type {PageTransitionEvent} */ { persisted }) => {
    if (persisted) onResume();
  };
  document.addEventListener('freeze', onFreeze);
  document.addEventListener('resume', onResume);
  globalThis.addEventListener('pagehide', onFreeze);
  globalThis.addEventListener('pageshow', onShow);
  return () => {
    document.removeEventListener('freeze', onFreeze);
    document.removeEventListener('resume', onResume);
    globalThis.removeEventListener('pagehide', onFreeze);
    globalThis.removeEventListener('pageshow', onShow);
  };
}

/**
 * Health of connections: a class may have a method `healthy(raw)`, which is asked whenever the connection is handed out
 * while its client is open.
 */

/**
 * Replaces the client of a connection that is not healthy: its method says false, or throws. Callers that ask at the
 * same time cause one reset.
 * @param {any} connection
 * @param {(error: unknown) => void} report Gets what the old client throws while it is ended.
 */
export async function keepHealthy(connection, report) {
  const raw = connection.rawNow();
  if (raw === undefined || typeof connection.healthy !== 'function') return;
  let healthy = false;
  try {
    healthy = (await connection.healthy(raw)) !== false;
  } catch {
    // As good as false.
  }
  if (!healthy && connection.rawNow() === raw) renew(connection, 'it was not healthy', report);
}

/**
 * Resets a connection without waiting for the end of its old client.
 * @param {any} connection
 * @param {string} reason
 * @param {(error: unknown) => void} report
 */
export function renew(connection, reason, report) {
  (async () => connection.reset(reason))().catch(report);
}

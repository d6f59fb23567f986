/**
 * Reading a long result while others use the connection too.
 */

/** @typedef {import('../drivers/driver.js').Client} Client */
/** @typedef {import('../drivers/driver.js').Session} Session */
/** @typedef {import('./calls.js').Lease<Client>} Lease */
/** @typedef {import('../table/table.js').Table} Table */

/**
 * The batches of a stream. The session is held while one is read, and handed back while the reader works on it; of a
 * transaction that others have meanwhile, the stream sees nothing before it ends.
 * @param {Lease} lease Released at the end.
 * @param {(session: Session) => AsyncGenerator<Table, void, void>} open
 * @param {(session: Session) => Promise<void>} handBack
 * @returns {AsyncGenerator<Table, void, void>}
 */
export async function* inTurns({ client, signal, release }, open, handBack) {
  /** @type {Session | undefined} While it is this one's turn. */
  let session;
  /** @type {AsyncGenerator<Table, void, void> | undefined} */
  let batches;
  try {
    session = await client.acquire({ signal });
    batches = open(session);
    for (;;) {
      const { done, value } = await batches.next();
      const used = session;
      session = undefined;
      await handBack(used);
      if (done) return;
      yield value;
      session = await client.acquire({ signal });
    }
  } finally {
    await batches?.return();
    if (session) await handBack(session);
    release();
  }
}

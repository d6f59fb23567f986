/**
 * An address where nobody is.
 */
import { createServer } from 'node:http';

/** @returns {Promise<string>} http://127.0.0.1 with a port that was free a moment ago. */
export async function nobody() {
  const gone = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => gone.once('listening', resolve));
  const { port } = /** @type {import('node:net').AddressInfo} */ (gone.address());
  await new Promise((resolve) => gone.close(resolve));
  return `http://127.0.0.1:${port}`;
}

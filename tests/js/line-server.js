/**
 * A database server for tests of lost connections: a real one on a real TCP port of this machine, and its driver. Each line is
 * a statement, each answer a line of JSON. It does as it is told: answer, or drop the connection.
 */
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { HawserError } from '../../js/errors.js';
import { Table } from '../../js/table/table.js';

export class LineServer {
  /** What to do with the statements to come: true: answer; false: drop the connection. Then it answers. @type {boolean[]} */
  plan = [];
  /** @type {string[]} */
  statements = [];
  connections = 0;
  #sockets = new Set();
  #server = createServer((socket) => this.#serve(socket));

  /** @param {number} [port] */
  async listen(port = 0) {
    await new Promise((resolve) => this.#server.listen(port, '127.0.0.1', () => resolve(undefined)));
    return /** @type {import('node:net').AddressInfo} */ (this.#server.address()).port;
  }

  /** Ends all conversations, as a server does that restarts. */
  dropAll() {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close() {
    this.dropAll();
    await new Promise((resolve) => this.#server.close(() => resolve(undefined)));
  }

  /** @param {import('node:net').Socket} socket */
  #serve(socket) {
    this.connections += 1;
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket)).on('error', () => {});
    createInterface({ input: socket }).on('line', (statement) => {
      this.statements.push(statement);
      if (this.plan.shift() === false) return void socket.destroy();
      const words = statement.split(' ');
      const known = ['select', 'insert', 'begin', 'commit', 'rollback'].includes(words[0]);
      socket.write(`${JSON.stringify(known ? { rows: [{ word: words[1] ?? '' }] } : { error: `syntax error near "${words[0]}"` })}\n`);
    });
  }
}

/** Its driver: one socket for each client. @type {import('../../js/drivers/driver.js').Driver} */
export const lineDriver = {
  async open({ host, port }) {
    const socket = connect(Number(port), host);
    await new Promise((resolve, reject) => void socket.once('connect', resolve).once('error', reject));
    return new LineClient(socket);
  },
};

/** @implements {import('../../js/drivers/driver.js').Client} */
class LineClient {
  dialect = 'line';
  #socket;
  /** @type {{ resolve: (answer: any) => void, reject: (error: unknown) => void }[]} */
  #waiting = [];
  #transaction = false;
  lost = false;

  /** @param {import('node:net').Socket} socket */
  constructor(socket) {
    this.#socket = socket;
    createInterface({ input: socket }).on('line', (line) => this.#waiting.shift()?.resolve(JSON.parse(line)));
    socket.on('error', () => {}).on('close', () => {
      this.lost = true;
      this.#transaction = false;
      for (const { reject } of this.#waiting.splice(0)) reject(lost());
    });
  }

  /** @param {string} statement */
  async run(statement) {
    if (this.lost) throw lost();
    const { error, rows } = await new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#socket.write(`${statement}\n`);
    });
    if (error) throw new HawserError('ERR_QUERY', error);
    if (/^(begin|commit|rollback)/.test(statement)) this.#transaction = statement === 'begin';
    return Table.from(rows);
  }

  async acquire() {
    const run = (/** @type {string} */ statement) => this.run(statement);
    const readOnly = (/** @type {string} */ statement) => statement.startsWith('select');
    return /** @type {import('../../js/drivers/driver.js').Session} */ ({
      footprint: (statement) => ({ readOnly: readOnly(statement), cacheable: statement.startsWith('select cached'), reads: [], writes: [] }),
      query: run,
      execute: run,
      executeMany: async (statement, rows) => {
        for await (const row of rows) await this.run(`${statement} ${row}`);
        return Table.from([]);
      },
      stream: async function* (statement) {
        yield await run(statement);
      },
      inTransaction: () => this.#transaction,
      takeWrites: () => [],
      release: () => {},
    });
  }

  async close() {
    this.#socket.destroy();
  }
}

const lost = () => new HawserError('ERR_CONNECTION_FAILED', 'The server has closed the connection.', { lost: true });

/**
 * A connection class in a module of its own, to be named as './tests/js/weather-connection.js#Weather'.
 */
import { BaseConnection } from '../../js/index.js';

export class Weather extends BaseConnection {
  /** @override @param {Record<string, any>} config */
  async connect(config) {
    return { now: () => `rain in ${config.city}` };
  }

  get() {
    return this.cached('get', [], async () => (await this.raw()).now());
  }
}

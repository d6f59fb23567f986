/**
 * What connections tell about themselves: hooks of the application, and Node's diagnostics channel `hawser:connection`; as
 * spans their opening (`hawser.connect`) and each call of their client (`hawser.call`).
 */
import { diagnosticsChannel } from '#runtime';
import { Tracer } from '../tracing.js';

const channel = diagnosticsChannel?.('hawser:connection');

export const connects = new Tracer('hawser.connect');
export const calls = new Tracer('hawser.call');

/**
 * @param {import('../events.js').Hooks} hooks
 * @param {'onConnect' | 'onReset' | 'onClose' | 'onError'} name
 * @param {{ connection: string } & Record<string, unknown>} event Without values of secrets.
 */
export function tell(hooks, name, event) {
  if (channel !== undefined && channel.hasSubscribers) channel.publish({ event: name, ...event });
  hooks[name]?.(event);
}

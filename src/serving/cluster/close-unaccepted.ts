import type { Worker } from 'node:cluster';

interface Closable {
  close(): void;
}

/**
 * Ends the connection that was being handed to a worker when it died. The primary hands over one at a time for each
 * port and closes its side when the worker has taken it; Node forgets one that is never taken, and its client would
 * wait for ever. Closing a connection that was taken does nothing: the primary's side is closed already.
 */
export function closeUnaccepted(worker: Worker): Worker {
  const { process } = worker;
  const last = new Map<unknown, Closable>();
  const close = (): void => {
    for (const handle of last.values()) handle.close();
    last.clear();
  };
  const send = process.send.bind(process) as (...given: unknown[]) => boolean;
  process.send = (...given: unknown[]): boolean => {
    const [message, handle] = given;
    if (isClosable(handle)) last.set(portOf(message), handle);
    return send(...given);
  };
  // Both, since one may be handed over between the two.
  process.once('exit', close);
  process.once('disconnect', close);
  return worker;
}

function isClosable(handle: unknown): handle is Closable {
  return typeof handle === 'object' && handle !== null && 'close' in handle && typeof handle.close === 'function';
}

/** Node names the listening port in the message that goes with a connection. */
function portOf(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'key' in message ? message.key : null;
}

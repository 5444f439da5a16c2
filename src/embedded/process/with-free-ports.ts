import { freePort, isPortFree } from './free-port.ts';

/** A port may be taken between the search and the engine's own bind: then the search goes on behind it. */
const attemptsMax = 4;

/**
 * Starts something on the preferred ports or the next free ones, and again on others when one of them was lost
 * meanwhile.
 */
export async function withFreePorts<Value>(
  preferredPorts: readonly number[],
  start: (ports: readonly number[]) => Promise<Value>,
): Promise<Value> {
  const lost = new Set<number>();
  for (let attempt = 1; ; attempt += 1) {
    const ports: number[] = [];
    for (const preferred of preferredPorts)
      ports.push(await freePort(preferred, '127.0.0.1', new Set([...lost, ...ports])));
    try {
      return await start(ports);
    } catch (error) {
      const free = await Promise.all(ports.map((port) => isPortFree(port)));
      if (attempt >= attemptsMax || free.every(Boolean)) throw error;
      for (const [index, port] of ports.entries()) if (free[index] === false) lost.add(port);
    }
  }
}

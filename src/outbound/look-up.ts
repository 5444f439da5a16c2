import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

const lookupMs = 10_000;

/**
 * The addresses of a host, which may be one itself; none where nobody knows it. Rejects with EAI_AGAIN where asking
 * again may help.
 */
export async function lookUp(host: string): Promise<readonly string[]> {
  if (isIP(host) > 0) return [host];
  const found = await inTime(lookup(host, { all: true })).catch((error: unknown) => {
    // What may pass by itself is tried again; a name that nobody knows is not.
    if (error instanceof Error && 'code' in error && error.code === 'EAI_AGAIN') throw error;
    return [];
  });
  return found.map(({ address }) => address);
}

/** The system may ask for a name for minutes. */
async function inTime<T>(looking: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error('EAI_AGAIN'), { code: 'EAI_AGAIN' })), lookupMs);
  });
  looking.catch(() => undefined);
  return Promise.race([looking, late]).finally(() => clearTimeout(timer));
}

import { expect, test } from 'vitest';
import { refusedPorts } from './refused-ports.ts';

const causeOf = (port: number): Promise<string> =>
  fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(10_000) }).then(
    () => 'answered',
    (error: unknown) => (error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)),
  );

test('fetch refuses each of these ports, and neighbours only where they are listed', async () => {
  for (const port of refusedPorts) expect({ port, cause: await causeOf(port) }).toEqual({ port, cause: 'bad port' });
  for (const port of [10_079, 10_081, 6_670])
    expect({ port, isRefused: (await causeOf(port)) === 'bad port' }).toEqual({ port, isRefused: false });
});

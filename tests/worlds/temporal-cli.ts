import { readConfig } from '../../src/config.ts';
import { acquireTemporal } from '../../src/embedded/temporal/acquire-temporal.ts';

/** Gets the Temporal CLI first: building it takes minutes, which no single test should have to allow for. */
export async function setup(): Promise<void> {
  await acquireTemporal(readConfig(), (line) => void process.stderr.write(`${line}\n`));
}

import { createInterface } from 'node:readline';
import { describeSample } from './data/infer/describe-sample.ts';
import type { RawTable } from './data/snapshot/raw-table.ts';
import type { ModelSpec } from './domain/spec/spec.ts';
import { isPerennialError, PerennialError } from './domain/words/errors.ts';

/** The first rows of a source, in a file, and the definition that they are held against. */
export interface SampleJob {
  readonly table: Pick<RawTable, 'path' | 'name' | 'format' | 'rowsMax'>;
  readonly spec: ModelSpec;
}

/**
 * The child of `perennial source test`: one JSON job on standard input, `{"result": ...}` or `{"error": ...}` on
 * standard output. Rows that nobody has checked are read here, in a process that holds no secret and may be lost.
 */
async function main(): Promise<void> {
  process.stdout.on('error', () => process.exit(1));
  const line = await new Promise<string>((resolve) => {
    process.stdin.on('end', () => process.exit(1));
    createInterface({ input: process.stdin }).once('line', resolve);
  });
  try {
    const { table, spec } = JSON.parse(line) as SampleJob;
    const result = await describeSample(table, spec);
    process.stdout.write(`${JSON.stringify({ result })}\n`, () => process.exit(0));
  } catch (error) {
    const {
      code,
      message,
      hint,
      path = null,
    } = isPerennialError(error)
      ? error
      : new PerennialError('invalid_data', 'The rows of the source cannot be read as a table.', { path: 'source' });
    process.stdout.write(`${JSON.stringify({ error: { code, message, hint, path } })}\n`, () => process.exit(1));
  }
}

await main();

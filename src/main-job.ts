import { createInterface } from 'node:readline';
import { isPerennialError, type PerennialError } from './domain/words/errors.ts';

/**
 * The whole of a child that is asked once: one JSON job on standard input, `{"result": ...}` or `{"error": ...}` on
 * standard output. What `work` throws without a sentence of ours is said as `otherwise`, never in the words of another
 * library. A child whose parent is gone ends.
 */
export async function answerJob<Job>(
  work: (job: Job) => Promise<unknown>,
  otherwise: () => PerennialError,
): Promise<void> {
  process.stdout.on('error', () => process.exit(1));
  const line = await new Promise<string>((resolve) => {
    process.stdin.on('end', () => process.exit(1));
    createInterface({ input: process.stdin }).once('line', resolve);
  });
  try {
    // oxlint-disable-next-line no-unsafe-type-assertion -- written by our own parent
    const result = await work(JSON.parse(line) as Job);
    process.stdout.write(`${JSON.stringify({ result })}\n`, () => process.exit(0));
  } catch (error) {
    const { code, message, hint, path = null } = isPerennialError(error) ? error : otherwise();
    process.stdout.write(`${JSON.stringify({ error: { code, message, hint, path } })}\n`, () => process.exit(1));
  }
}

import { z } from 'zod';
import { externalFiles, externalLimits } from '../../../domain/training/external.ts';
import { digestPattern, type SharedFile } from '../../../domain/training/workers/shared-files.ts';
import { cut } from '../../../domain/words/cut.ts';
import { PerennialError } from '../../../domain/words/errors.ts';

const { modelBytesMax, predictionsBytesMax, reportBytesMax } = externalLimits;
const { models, predictions, report, progress } = externalFiles;

/** What a fit may leave, and how large it may be, bytes. */
const leftBytesMax: ReadonlyMap<string, number> = new Map([
  ...Object.values(models).map((path): [string, number] => [path, modelBytesMax]),
  [predictions, predictionsBytesMax],
  [report, reportBytesMax],
  [progress, reportBytesMax],
]);

/** The largest of them: what one upload may be. */
export const fileBytesMax = Math.max(...leftBytesMax.values());

const answer = z.object({
  files: z
    .array(
      z.object({
        path: z.string().max(1_000),
        digest: z.string().regex(digestPattern, 'must be "sha256:" and 64 hex digits'),
        bytes: z.int().min(0),
      }),
    )
    .max(leftBytesMax.size),
});

/**
 * What a worker answers, as far as it can be believed: names that a fit may leave, each once, none too large. Throws
 * `invalid_data` with one sentence for anything else; whether the bytes are there, it does not know.
 */
export function readFitAnswer(said: unknown): readonly SharedFile[] {
  const parsed = answer.safeParse(said);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw wrong(`The worker's answer is not as agreed at ${issue?.path.join('.') || 'its top'}.`);
  }
  const seen = new Set<string>();
  for (const { path, bytes } of parsed.data.files) {
    const bytesMax = leftBytesMax.get(path);
    const name = JSON.stringify(cut(path, 100));
    if (bytesMax === undefined) throw wrong(`The worker names a file ${name}, which is none that a fit leaves.`);
    if (seen.has(path)) throw wrong(`The worker names ${name} twice.`);
    if (bytes > bytesMax) throw wrong(`The worker's ${name} has ${bytes} bytes; ${bytesMax} are as many as may be.`);
    seen.add(path);
  }
  return parsed.data.files;
}

function wrong(message: string): PerennialError {
  return new PerennialError('invalid_data', message, {
    hint: `A fit leaves ${[...leftBytesMax.keys()].join(', ')} and nothing else: docs/trainer-workers.md.`,
  });
}

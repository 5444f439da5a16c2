import { z } from 'zod';
import { queuePattern, tagPattern } from '../../../domain/spec/parts/external-trainer.ts';
import { charsMax } from '../../../domain/words/limits.ts';
import { strict } from '../../spec/strict.ts';

/** The beginning of a path under which files of trainings are sent and fetched: their bodies are bounded there. */
export const trainingFiles = /^\/v1\/trainings\/[^/]{1,256}\/files\/[^/]{1,80}$/;

// oxlint-disable-next-line no-control-regex -- control characters are exactly what is refused
const withoutControls = /^[^\u0000-\u001f\u007f]+$/;
const runId = z.string().min(1).max(256).regex(withoutControls, 'must be the id of a run');
const digest = z
  .string()
  .regex(/^(sha256:)?[0-9a-f]{64}$/, 'must be "sha256:" and 64 hex digits')
  .meta({ example: `sha256:${'0'.repeat(64)}` });

export const trainingParams = z.object({ id: runId });
export const trainingFileParams = z.object({ id: runId, digest });
export const rangeHeader = z.object({
  /** `bytes=<from>-`: what is left of a file whose transfer was cut off. */
  range: z
    .string()
    .regex(/^bytes=\d{1,15}-$/, 'must be "bytes=<from>-"')
    .optional(),
});

export const accessAnswer = z.object({ token: z.string(), expiresAt: z.string() });
export const fileTakenAnswer = z.object({ digest: z.string(), bytes: z.int() });

const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/, 'must be 1 to 100 letters, digits, ".", "_", ":" or "-"');
const tag = z.string().regex(tagPattern, 'must be 1 to 32 lower-case letters, digits or dashes');
/** As its worker says it, on pages and in logs. */
const said = z
  .string()
  .min(1)
  .max(charsMax.ruleName)
  .regex(withoutControls, 'must be 1 to 200 characters, none of them a control character');
const memoryGb = z.number().min(0).max(100_000);

/** What a worker of fits says of itself, at least every 20 seconds. */
export const workerRequest = strict({
  name,
  queue: z.string().regex(queuePattern, 'must be 1 to 63 lower-case letters, digits or dashes'),
  tags: z.array(tag).max(16),
  /** Memory of its smallest slot; null where it does not say. */
  memoryGb: memoryGb.nullable(),
  /** Fits at once; one per GPU where nothing is said, and one without any. */
  slots: z.int().min(1).max(64).exactOptional(),
  gpus: z.array(strict({ index: z.int().min(0).max(1_023), name: said, memoryGb })).max(64),
  trainers: z.array(said).max(200),
  /** What it is, with its version: `perennial-python 0.1.0`. */
  package: said,
  /** Ids of the trainings that it fits now. */
  running: z.array(runId).max(64).exactOptional(),
});
export type WorkerRequest = z.infer<typeof workerRequest>;
export const workerNotedAnswer = z.object({
  /** Say it again within so many seconds, or you are taken to be gone. */
  goneAfterSeconds: z.int(),
  /** Task queues that a worker like this one serves. */
  queues: z.array(z.string()),
});

export const workerView = z.object({
  name: z.string(),
  queue: z.string(),
  tags: z.array(z.string()),
  memoryGb: z.number().nullable(),
  slots: z.int(),
  gpus: z.array(z.object({ index: z.int(), name: z.string(), memoryGb: z.number() })),
  trainers: z.array(z.string()),
  package: z.string(),
  since: z.string(),
  seenAt: z.string(),
  /** Trainings that it fits now, of models that the token covers. */
  running: z.array(z.string()),
  /** Fits that it has in hand, whatever they are about. */
  busy: z.int(),
});
export const fitView = z.object({
  runId: z.string(),
  model: z.string(),
  queue: z.string(),
  trainer: z.string(),
  tag: z.string().nullable(),
  memoryGb: z.number().nullable(),
  since: z.string(),
  /** The worker that fits it; null while it waits. */
  worker: z.string().nullable(),
  /** Why it waits, or who fits it. */
  text: z.string(),
});
export const workerList = z.object({ workers: z.array(workerView), fits: z.array(fitView) });
export type WorkerList = z.infer<typeof workerList>;

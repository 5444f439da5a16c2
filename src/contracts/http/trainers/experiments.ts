import { z } from 'zod';
import { experimentStandings, runStatuses } from '../../../domain/record/closed-sets.ts';
import { candidatesMax } from '../../../domain/training/experiment/experiment.ts';
import { charsMax } from '../../../domain/words/limits.ts';
import { strict } from '../../spec/strict.ts';
import { commandAnswer, specChange } from '../answers.ts';
import { nextSchema } from '../page.ts';

export const experimentRequest = strict({
  /** Two at least. */
  candidates: z
    .array(strict({ name: z.string().max(64), spec: z.record(z.string(), z.unknown()) }))
    .min(1)
    .max(candidatesMax * 4),
  /** A tag of the model, or how the digest begins; left out, the newest that the model has. */
  snapshot: z.string().min(1).max(128).optional(),
  /** Left out, what the first candidate's rollout compares. */
  metric: z.string().min(1).max(charsMax.search).optional(),
  reason: z.string().trim().max(charsMax.words).optional(),
});

export const experimentAnswer = commandAnswer.extend({ runId: z.string(), number: z.int() });

const instant = z.string();
const metrics = z.record(z.string(), z.number());
/** Signed so that positive is better. */
const difference = z.object({ estimate: z.number(), lower: z.number(), upper: z.number() });

const candidateView = z.object({
  name: z.string(),
  specDigest: z.string(),
  /** Null until all candidates are through. */
  standing: z.enum(experimentStandings).nullable(),
  /** Candidate minus the best one, with bounds that hold for all candidates together; null for the best one. */
  difference: difference.nullable(),
  family: z.string().nullable(),
  trees: z.int().nullable(),
  /** On the test rows; empty until it was judged. */
  metrics,
  /** Of this candidate by itself, 95 % each. */
  intervals: z.record(z.string(), z.object({ lower: z.number(), upper: z.number() })),
  rows: z.object({ training: z.int(), validation: z.int(), test: z.int() }).nullable(),
  inputs: z.int(),
  fileBytes: z.int().nullable(),
  /** Median of one answer, µs. */
  latencyUs: z.number().nullable(),
  fitMs: z.number().nullable(),
  /** Why it came to nothing. */
  reason: z.string().nullable(),
  /** What it declares otherwise than the best one (than the first one, until there is a best one). */
  changes: z.array(specChange),
});

export const experimentLine = z.object({
  model: z.string(),
  number: z.int(),
  runId: z.string(),
  status: z.enum(runStatuses),
  /** What came of it. */
  text: z.string().nullable(),
  best: z.string().nullable(),
  metric: z.string(),
  snapshot: z.string(),
  startedBy: z.string(),
  reason: z.string(),
  startedAt: instant,
  endedAt: instant.nullable(),
});

export const experimentView = experimentLine.extend({
  /** Of any false claim of this experiment. */
  alpha: z.number().nullable(),
  /** Test rows, the same of all candidates. */
  testRows: z.int().nullable(),
  /** The best first; until they were compared, in the order in which they were named. */
  candidates: z.array(candidateView),
  /** The champion when it began, on the same rows; `difference` is champion minus best, on rows new to it. */
  champion: z.object({ version: z.int(), metrics, unseenRows: z.int(), difference: difference.nullable() }).nullable(),
});

export const experimentList = z.object({ experiments: z.array(experimentLine), next: nextSchema });

export type ExperimentAnswer = z.infer<typeof experimentAnswer>;
export type ExperimentLine = z.infer<typeof experimentLine>;
export type ExperimentView = z.infer<typeof experimentView>;
export type CandidateView = z.infer<typeof candidateView>;

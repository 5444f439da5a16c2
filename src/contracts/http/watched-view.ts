import { z } from 'zod';
import { worldVerdicts } from '../../domain/watch/best/best-world.ts';
import { bestVerdicts } from '../../domain/watch/best/judge-best.ts';
import { togetherVerdicts } from '../../domain/watch/multivariate/judge-together.ts';
import { sliceVerdicts } from '../../domain/watch/slices/judge-slices.ts';
import { labelVerdicts } from '../../domain/watch/labels/judge-labels.ts';
import { driftKinds } from '../../domain/watch/causes/drift-kinds.ts';

const count = z.number();

/** What the last judged window of a model says beside its verdict: members of a status. */
export const watchedView = {
  /** What the last judged window says has drifted and by what; null where no test fired. */
  drift: z
    .object({
      window: z.int(),
      kinds: z.array(z.enum(driftKinds)),
      text: z.string(),
      /** First the likeliest; at most 5. `answerShare` is not known for versions of earlier releases. */
      causes: z.array(
        z.object({
          feature: z.string(),
          effect: z.number(),
          drifted: z.boolean(),
          answerShare: z.number().nullable(),
          part: z.object({ label: z.string(), now: z.number(), before: z.number() }),
        }),
      ),
    })
    .nullable(),
  /** Whether the last judged window has its features together as they were; null where that is not declared. */
  together: z
    .object({
      window: z.int(),
      verdict: z.enum(togetherVerdicts),
      /** Of a classifier that tells the window from the reference, and what the reference shows of itself. */
      auroc: z.number().nullable(),
      expectedLow: z.number().nullable(),
      expectedHigh: z.number().nullable(),
      /** What it told them apart by, most first; at most 5 each. */
      features: z.array(z.object({ name: z.string(), share: z.number() })),
      pairs: z.array(z.object({ first: z.string(), second: z.string(), share: z.number() })),
      text: z.string(),
    })
    .nullable(),
  /** What the last judged window says beside the best champion ever; null where the champion itself is the best. */
  best: z
    .object({
      window: z.int(),
      verdict: z.enum(bestVerdicts),
      /** The best version, its loss right after its promotion, and how many champions it is the best of. */
      version: z.int(),
      bestLoss: z.number(),
      of: z.int(),
      recentLoss: z.number().nullable(),
      recentRows: count,
      relativeRise: z.number().nullable(),
      pValue: z.number().nullable(),
      text: z.string(),
    })
    .nullable(),
  /** The declared slices in the last judged window; null where none is declared. */
  slices: z
    .object({
      window: z.int(),
      verdict: z.enum(sliceVerdicts),
      /** Declared beyond the 20 that are counted. */
      unwatched: z.int(),
      slices: z.array(
        z.object({
          name: z.string(),
          rows: count,
          rowShare: z.number(),
          failed: count,
          slow: count,
          latencyMeanMs: z.number().nullable(),
          latencyMaxMs: z.number().nullable(),
          missingShare: z.number().nullable(),
          unseenShare: z.number().nullable(),
          scoreMean: z.number().nullable(),
          confidenceMean: z.number().nullable(),
          decisions: z.record(z.string(), z.number()),
          /** On the latest mature labelled rows of the slice; null for fewer than 30, and where rows cannot say. */
          metric: z.string(),
          labelledRows: count,
          value: z.number().nullable(),
          lower: z.number().nullable(),
          upper: z.number().nullable(),
          /** Null where `watch.decay.slices` is not declared. */
          decay: z
            .object({
              verdict: z.enum(sliceVerdicts),
              recentLoss: z.number().nullable(),
              referenceLoss: z.number().nullable(),
              relativeRise: z.number().nullable(),
              pValue: z.number().nullable(),
              recentRows: count,
            })
            .nullable(),
        }),
      ),
      text: z.string(),
    })
    .nullable(),
  /** That quality has decayed by the last judged window, and where it rose; null where it has not. */
  decay: z
    .object({
      window: z.int(),
      recentLoss: z.number().nullable(),
      referenceLoss: z.number().nullable(),
      relativeRise: z.number().nullable(),
      /** Since the hold-out; null where it could not be told apart. */
      rise: z.number().nullable(),
      /** Parts of the rows, first the one that carries most of the rise; at most 5. */
      causes: z.array(
        z.object({
          name: z.string(),
          kind: z.enum(['feature', 'slice']),
          part: z.string(),
          rowShare: z.number(),
          rowShareBefore: z.number(),
          loss: z.number(),
          lossBefore: z.number(),
          /** What the loss within it adds to the rise, and what its share of the rows does. */
          within: z.number(),
          mix: z.number(),
          shareOfRise: z.number(),
          pValue: z.number(),
          by: z.enum(['within', 'mix']),
        }),
      ),
      text: z.string(),
    })
    .nullable(),
  /** Whether labels of mature rows are distributed as when trained; null where that is not judged at all. */
  labelDrift: z
    .object({
      window: z.int(),
      verdict: z.enum(labelVerdicts),
      rows: count,
      throughSeq: count,
      pValue: z.number().nullable(),
      /** In standard deviations. */
      effect: z.number().nullable(),
      /** The class, or the range of values, whose share moved most. */
      part: z.object({ label: z.string(), now: z.number(), before: z.number() }).nullable(),
      text: z.string(),
    })
    .nullable(),
  /** Features beside the reference of the best champion; null where the champion is the best, or there is none. */
  bestWorld: z
    .object({
      window: z.int(),
      verdict: z.enum(worldVerdicts),
      version: z.int(),
      rows: count,
      /** Moved most first; at most 40. `effect` is in standard deviations. */
      features: z.array(z.object({ name: z.string(), effect: z.number(), drifted: z.boolean() })),
      text: z.string(),
    })
    .nullable(),
};

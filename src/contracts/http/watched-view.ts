import { z } from 'zod';
import { bestVerdicts } from '../../domain/watch/best/judge-best.ts';
import { togetherVerdicts } from '../../domain/watch/multivariate/judge-together.ts';
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
};

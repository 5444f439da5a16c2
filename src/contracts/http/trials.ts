import { z } from 'zod';

/** A trial of a search, once for each rung that it reached. */
export const trialView = z.object({
  /** From 1. */
  number: z.int(),
  /** From 0; the last one saw all training rows. */
  rung: z.int(),
  /** Of the training rows, (0..1]. */
  share: z.number(),
  family: z.string(),
  /** What was searched of its settings. */
  settings: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
  /** On the validation rows, lower is better; null for one that failed. */
  loss: z.number().nullable(),
  trees: z.int().nullable(),
  /** Training rows that it saw. */
  rows: z.int().nullable(),
  /** Processor time, ms. */
  computeMs: z.int().nullable(),
  /** Why it has no loss. */
  reason: z.string().nullable(),
  /** ISO 8601 in UTC. */
  doneAt: z.string(),
  /** Its settings were taken. */
  isChosen: z.boolean(),
  /** Its share of the mean that answers, (0..1]; null where it has no part in one. */
  weight: z.number().nullable(),
});

/** In the order of their numbers. */
export const trialList = z.object({ runId: z.string(), model: z.string(), trials: z.array(trialView) });
export type TrialView = z.infer<typeof trialView>;

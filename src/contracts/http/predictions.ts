import { z } from 'zod';
import { viewUse } from './data/online-views.ts';

/** How a logged prediction is asked for: by its id or by its entity, never by both. */
export const predictionQuery = z.object({
  id: z.string().min(1).max(128).optional(),
  entity: z.string().min(1).max(1_000).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

const scores = z.array(z.number());

export const loggedLabel = z.object({
  labelId: z.string(),
  label: z.string(),
  receivedAt: z.string(),
  /** The window of the traffic in which it became known. */
  knownWindow: z.number().int(),
});

export const loggedPrediction = z.object({
  predictionId: z.string(),
  model: z.string(),
  /** Position in the model's traffic. */
  seq: z.number().int(),
  window: z.number().int(),
  requestedAt: z.string(),
  eventTimeMs: z.number().nullable(),
  entityHash: z.string().nullable(),
  features: z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null()])),
  version: z.number().int(),
  arm: z.string(),
  stage: z.string(),
  /** Digest of the correction that changed the scores. */
  correction: z.string(),
  specRevision: z.number().int(),
  routingRevision: z.number().int(),
  scores,
  /** What the version said before its correction; null where there was none. */
  rawScores: scores.nullable(),
  decision: z.string().nullable(),
  other: z.object({ version: z.number().int(), scores: scores.nullable() }).nullable(),
  failed: z.boolean(),
  latencyUs: z.number().int(),
  /** The newest first: that is the current one. */
  labels: z.array(loggedLabel),
  /** The value of each proxy, by name. */
  proxies: z.array(
    z.object({ name: z.string(), value: z.number(), receivedAt: z.string(), knownWindow: z.number().int() }),
  ),
  /** Trainings whose cut-off came after the row was labelled. */
  trainings: z.array(z.object({ version: z.number().int(), runId: z.string(), throughWindow: z.number().int() })),
  /** How values of views stood; empty where none was looked up, and 30 days after it. */
  views: z.array(viewUse),
  storedIn: z.enum(['database', 'sealed']),
});

export const predictionList = z.object({ predictions: z.array(loggedPrediction) });

export type LoggedPrediction = z.infer<typeof loggedPrediction>;
export type PredictionQuery = z.infer<typeof predictionQuery>;

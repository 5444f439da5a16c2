import { z } from 'zod';
import { stepCallVerdicts } from '../../domain/record/user-steps/messages.ts';
import { stepFailureActions, stepPoints } from '../../domain/spec/closed-sets.ts';

/** One asking of a user step. */
export const stepCallView = z.object({
  point: z.enum(stepPoints),
  name: z.string(),
  verdict: z.enum(stepCallVerdicts),
  text: z.string(),
  queue: z.string(),
  onFailure: z.enum(stepFailureActions),
  metrics: z.record(z.string(), z.number()),
  /** 0 where no worker took it; null where Temporal could not say. */
  attempts: z.int().nullable(),
  worker: z.string().nullable(),
  /** ISO 8601 in UTC. */
  askedAt: z.string(),
  /** With the wait for a worker. */
  tookMs: z.number(),
  runId: z.string(),
  evidenceId: z.int(),
});

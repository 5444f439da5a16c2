import { z } from 'zod';
import { abTestEnds, abTestStatuses } from '../../domain/record/closed-sets.ts';
import { daysMaxMost, sharePercentMax, treatmentsMax } from '../../domain/ab-test/declare-ab-test.ts';
import { charsMax } from '../../domain/words/limits.ts';
import { strict } from '../spec/strict.ts';
import { nextSchema } from './page.ts';

const better = z.enum(['higher', 'lower']);
const bounds = z.tuple([z.number(), z.number()]);
const units = z.number().int().min(1).max(1_000_000_000);

/** What is asked; all but the versions and the metric have defaults, which the answer says. */
export const plannedAbTest = strict({
  versions: z.array(z.number().int().min(1)).min(1).max(treatmentsMax),
  metric: z.string().min(1).max(charsMax.search),
  /** Of all entities. */
  sharePercent: z.number().gt(0).max(sharePercentMax).optional(),
  better: better.optional(),
  bounds: bounds.optional(),
  unitsPerArm: units.optional(),
  unitsMax: units.optional(),
  alpha: z.number().gt(0).lt(0.5).optional(),
  effectMin: z.number().gt(0).optional(),
  daysMax: z.number().gt(0).max(daysMaxMost).optional(),
});
export const startAbTestRequest = plannedAbTest.extend({ reason: z.string().trim().max(charsMax.words) });
export type PlannedAbTest = z.infer<typeof plannedAbTest>;

const declaredAbTest = z.object({
  versions: z.array(z.number()),
  sharePercent: z.number(),
  metric: z.string(),
  better,
  bounds,
  horizon: z.union([
    z.object({ kind: z.literal('fixed'), unitsPerArm: z.number() }),
    z.object({ kind: z.literal('sequential'), unitsMax: z.number() }),
  ]),
  alpha: z.number(),
  effectMin: z.number(),
  daysMax: z.number(),
  lookMs: z.number(),
});

/** What a test would be and would see, before it starts. */
export const abTestForecast = z.object({
  model: z.string(),
  control: z.number(),
  declared: declaredAbTest,
  text: z.string(),
});
export type AbTestForecastAnswer = z.infer<typeof abTestForecast>;

const figure = z.number().nullable();
export const abTestView = z.object({
  model: z.string(),
  number: z.number(),
  status: z.enum(abTestStatuses),
  ending: z.enum(abTestEnds).nullable(),
  /** What is known of it, in words. */
  text: z.string(),
  winner: z.string().nullable(),
  /** Share of the units of its horizon that are in, 0..1. */
  progress: z.number(),
  declared: declaredAbTest,
  actor: z.string(),
  why: z.string(),
  startedAt: z.string(),
  begunAt: z.string().nullable(),
  deadlineAt: z.string(),
  endedAt: z.string().nullable(),
  looks: z.number(),
  lookedAt: z.string().nullable(),
  evidenceId: z.number().nullable(),
  /** Through which row outcomes are known. */
  maturity: z.string().nullable(),
  arms: z.array(
    z.object({
      arm: z.string(),
      version: z.number(),
      /** Entities that were given to it. */
      assigned: z.number(),
      /** Entities of which a row failed. */
      failures: z.number(),
      /** Why it was stopped; null while it answers. */
      stopped: z.string().nullable(),
      /** Entities whose outcome is known. */
      units: z.number(),
      mean: figure,
      /** Arm minus control, positive is better; null for the control and before there is a look. */
      difference: figure,
      lower: figure,
      upper: figure,
      varianceCut: figure,
      verdict: z.string().nullable(),
    }),
  ),
});
export type AbTestView = z.infer<typeof abTestView>;
export const abTestList = z.object({ abTests: z.array(abTestView), next: nextSchema });

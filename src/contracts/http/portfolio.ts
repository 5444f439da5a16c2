import { z } from 'zod';
import type { Portfolio } from '../../domain/record/portfolio.ts';
import type { SameType } from '../spec/same-type.ts';
import { strict } from '../spec/strict.ts';

const instant = z.iso.datetime({ offset: true, error: () => 'must be an instant such as 2026-05-03T14:03:00Z' });

/** The last 30 days unless told otherwise. */
export const portfolioQuery = strict({ from: instant.optional(), to: instant.optional() });

const difference = z.object({ estimate: z.number(), low: z.number(), high: z.number() });

export const portfolioView = z.object({
  from: z.string(),
  to: z.string(),
  models: z.array(
    z.object({
      model: z.string(),
      owner: z.string(),
      useCase: z.string(),
      currency: z.string().nullable(),
      windows: z.number(),
      predictions: z.number(),
      measuredRows: z.number(),
      labelledRows: z.number(),
      labelCoverage: z.number().nullable(),
      value: z.number().nullable(),
      firstVersion: z.number().nullable(),
      comparedRows: z.number(),
      differenceToNeverRetrained: difference.nullable(),
      trainings: z.number(),
      trainingHours: z.number(),
      servedHours: z.number(),
      platformCost: z.number().nullable(),
    }),
  ),
  totals: z.array(
    z.object({
      currency: z.string(),
      models: z.number(),
      labelledRows: z.number(),
      value: z.number(),
      comparedRows: z.number(),
      differenceToNeverRetrained: difference.nullable(),
    }),
  ),
  platformCost: z.object({ currency: z.string(), amount: z.number() }).nullable(),
  trainingHours: z.number(),
  servedHours: z.number(),
  isCut: z.boolean(),
});

/** @typecheck Fails to compile when schema and domain type drift apart. */
export const portfolioSchemaIsDomainType: SameType<z.infer<typeof portfolioView>, Portfolio> = true;

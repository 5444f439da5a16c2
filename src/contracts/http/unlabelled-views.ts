import { z } from 'zod';
import { trusts } from '../../domain/watch/judge-estimate.ts';
import { agreements, proxyVerdicts } from '../../domain/watch/judge-proxy.ts';

/** What the last judged window is expected to be worth before its labels come. */
export const estimateView = z.object({
  window: z.int(),
  metric: z.string(),
  trust: z.enum(trusts),
  estimated: z.number().nullable(),
  /** Labels will say less than the first, or more than the second, with probability 0.025 each. */
  lower: z.number().nullable(),
  upper: z.number().nullable(),
  /** Stated intervals whose labels have come, and how many of them held. */
  compared: z.int(),
  within: z.int(),
  text: z.string(),
});

/** What a declared proxy says of the last judged window. */
export const proxyView = z.object({
  window: z.int(),
  name: z.string(),
  meaning: z.string(),
  verdict: z.enum(proxyVerdicts),
  agreement: z.enum(agreements),
  rows: z.int(),
  /** Share of the window's rows with a value. */
  coverage: z.number(),
  mean: z.number().nullable(),
  /** The truth lies below the first, and above the second, with probability 0.025 each. */
  lower: z.number().nullable(),
  upper: z.number().nullable(),
  text: z.string(),
});

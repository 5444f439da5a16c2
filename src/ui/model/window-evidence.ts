import { z } from 'zod';
import { effectOfDistance } from '../../domain/watch/feature-drift.ts';
import { worldVerdicts } from '../../domain/watch/best/best-world.ts';
import { bestVerdicts } from '../../domain/watch/best/judge-best.ts';
import { agreements, proxyVerdicts } from '../../domain/watch/judge-proxy.ts';
import { labelVerdicts } from '../../domain/watch/labels/judge-labels.ts';
import { sliceVerdicts } from '../../domain/watch/slices/judge-slices.ts';
import { trusts } from '../../domain/watch/judge-estimate.ts';
import { successVerdicts } from '../../domain/watch/judge-success.ts';

/** The parts of a window's evidence that are drawn. Evidence outlives code: what does not fit is not there. */
const feature = z
  .object({
    name: z.string(),
    kind: z.string().optional(),
    effect: z.number().optional(),
    jsAboveFloor: z.number(),
    drifted: z.boolean(),
    text: z.string(),
  })
  .transform(({ effect, jsAboveFloor, ...rest }) => ({ ...rest, effect: effect ?? effectOfDistance * jsAboveFloor }));
const histogram = z.object({
  name: z.string(),
  labels: z.array(z.string()),
  reference: z.array(z.number()),
  current: z.array(z.number()),
});
const cause = z.object({
  feature: z.string(),
  effect: z.number(),
  drifted: z.boolean(),
  answerShare: z.number().nullable(),
  part: z.object({ label: z.string(), now: z.number(), before: z.number() }),
});
const used = z.object({ name: z.string(), share: z.number() });
const together = z.union([
  z.object({
    verdict: z.enum(['stable', 'drift']),
    auroc: z.number(),
    expectedLow: z.number(),
    expectedHigh: z.number(),
    rows: z.number(),
    features: z.array(used),
    text: z.string(),
  }),
  z.object({ verdict: z.literal('not-judged'), text: z.string() }),
]);
const drift = z.object({
  verdict: z.string(),
  rows: z.number(),
  text: z.string(),
  features: z.array(feature),
  /** Absent in evidence of earlier releases. */
  causes: z.array(cause).default([]).catch([]),
  /** Absent where `watch.multivariate` was not declared. */
  together: together.nullable().default(null).catch(null),
});
const labels = z.object({
  verdict: z.enum(labelVerdicts),
  rows: z.number(),
  effect: z.number().nullable(),
  histogram: histogram.nullable(),
  text: z.string(),
});
const bestWorld = z.object({
  verdict: z.enum(worldVerdicts),
  version: z.number(),
  features: z.array(z.object({ name: z.string(), effect: z.number(), drifted: z.boolean() })),
  text: z.string(),
});
const kinds = z.object({ text: z.string() });
const best = z.object({
  verdict: z.enum(bestVerdicts),
  version: z.number(),
  bestLoss: z.number(),
  text: z.string(),
});
const decayCause = z.object({
  name: z.string(),
  kind: z.enum(['feature', 'slice']),
  part: z.string(),
  rowShare: z.number(),
  rowShareBefore: z.number(),
  loss: z.number(),
  lossBefore: z.number(),
  within: z.number(),
  mix: z.number(),
  shareOfRise: z.number(),
});
const decayCauses = z.object({ rise: z.number().nullable(), causes: z.array(decayCause), text: z.string() });
const decay = z.object({
  verdict: z.string(),
  recentLoss: z.number().nullable(),
  referenceLoss: z.number().nullable(),
  text: z.string(),
  /** Absent where it has not decayed, and in windows of earlier releases. */
  causes: decayCauses.nullable().default(null).catch(null),
  /** Absent where the champion itself is the best. */
  best: best.nullable().default(null).catch(null),
});
const slice = z.object({
  key: z.string(),
  name: z.string(),
  rows: z.number(),
  rowShare: z.number(),
  failed: z.number(),
  latencyMeanMs: z.number().nullable(),
  missingShare: z.number().nullable(),
  unseenShare: z.number().nullable(),
  scoreMean: z.number().nullable(),
  confidenceMean: z.number().nullable(),
  quality: z.object({
    metric: z.string(),
    labelledRows: z.number(),
    value: z.number().nullable(),
    interval: z.object({ lower: z.number(), upper: z.number() }).nullable(),
  }),
  decay: z
    .object({
      verdict: z.enum(sliceVerdicts),
      recentLoss: z.number().nullable(),
      referenceLoss: z.number().nullable(),
      relativeRise: z.number().nullable(),
      recentRows: z.number(),
    })
    .nullable(),
});
const slices = z.object({ verdict: z.enum(sliceVerdicts), slices: z.array(slice), text: z.string() });
const success = z.object({ verdict: z.enum(successVerdicts), text: z.string() });
const estimate = z.object({
  loss: z.string(),
  metrics: z.record(
    z.string(),
    z.object({
      trust: z.enum(trusts),
      interval: z.object({ lower: z.number(), upper: z.number() }).nullable(),
      text: z.string(),
    }),
  ),
  text: z.string(),
});
const proxy = z.object({
  name: z.string(),
  verdict: z.enum(proxyVerdicts),
  agreement: z.object({ verdict: z.enum(agreements) }),
  mean: z.number().nullable(),
  lower: z.number().nullable(),
  upper: z.number().nullable(),
  text: z.string(),
});
const body = z.object({
  champion: z.number().nullable().catch(null),
  drift: drift.nullable().catch(null),
  decay: decay.nullable().catch(null),
  /** Null, and absent in evidence of earlier releases, where no test fired. */
  kinds: kinds.nullable().default(null).catch(null),
  /** Absent where the champion is the best, and in windows of earlier releases. */
  bestWorld: bestWorld.nullable().default(null).catch(null),
  /** Absent where labels are not judged, and in windows of earlier releases. */
  labels: labels.nullable().default(null).catch(null),
  /** Absent where no slice is declared, and in windows of earlier releases. */
  slices: slices.nullable().default(null).catch(null),
  /** Absent where the criterion of success is words. */
  success: success.nullable().default(null).catch(null),
  /** Absent for values, and in windows of earlier releases. */
  estimate: estimate.nullable().default(null).catch(null),
  /** Absent where none is declared. */
  proxies: z.array(proxy).default([]).catch([]),
});

export type WindowEvidence = z.infer<typeof body>;
export type Histogram = z.infer<typeof histogram>;

/** A body that is kept between pages is checked once. */
const checked = new WeakMap<Readonly<Record<string, unknown>>, WindowEvidence | null>();

/** Null for a window that was not judged, or whose evidence is of another shape. */
export function windowEvidence(found: Readonly<Record<string, unknown>> | null): WindowEvidence | null {
  if (found === null) return null;
  const before = checked.get(found);
  if (before !== undefined) return before;
  const parsed = body.safeParse(found);
  const result = parsed.success ? parsed.data : null;
  checked.set(found, result);
  return result;
}

const pictures = z.object({ drift: z.object({ histograms: z.array(histogram) }) });

/** The distributions that were kept with a window; read for the one that is shown, not for fifty. */
export function histogramsIn(found: Readonly<Record<string, unknown>> | null): readonly Histogram[] {
  const parsed = pictures.safeParse(found);
  return parsed.success ? parsed.data.drift.histograms : [];
}

/** Its counts as shares of the rows on either side. */
export function sharesOf({ labels: names, reference, current }: Histogram) {
  const of = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0) || 1;
  const n = of(reference);
  const m = of(current);
  return names.map((label, i) => ({ label, reference: (reference[i] ?? 0) / n, current: (current[i] ?? 0) / m }));
}

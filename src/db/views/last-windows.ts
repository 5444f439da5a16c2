import { sql } from 'drizzle-orm';
import type { StatusView } from '../../contracts/http/views.ts';
import type { SuccessJudgement } from '../../domain/watch/judge-success.ts';
import type { KindsOfDrift } from '../../domain/watch/causes/drift-kinds.ts';
import type { Cause } from '../../domain/watch/causes/rank-causes.ts';
import type { TogetherJudgement } from '../../domain/watch/multivariate/judge-together.ts';
import type { BestJudgement } from '../../domain/watch/best/judge-best.ts';
import type { BestWorld } from '../../domain/watch/best/best-world.ts';
import { usualCoverage, type Maturity } from '../../domain/watch/mature-through.ts';
import type { ProxyJudgement } from '../../domain/watch/judge-proxy.ts';
import type { EstimateJudgement } from '../../domain/watch/judge-estimate.ts';
import type { DecayCauses } from '../../domain/watch/causes/decay-causes.ts';
import type { DecayJudgement } from '../../domain/watch/judge-decay.ts';
import type { LabelDrift } from '../../domain/watch/labels/judge-labels.ts';
import type { SlicesJudgement } from '../../domain/watch/slices/judge-slices.ts';
import type { Db } from '../base/connect.ts';

/** As it stands in the evidence of a window. */
interface KeptEstimate {
  readonly loss: string;
  readonly metrics: Readonly<Record<string, EstimateJudgement>>;
  readonly text: string;
}

/** Of earlier releases without causes. */
type KeptDecay = DecayJudgement & { readonly causes?: DecayCauses };

/** What the last judged window of a model says beside its verdict; null where its evidence does not. */
export type LastWindow = Pick<
  StatusView,
  | 'success'
  | 'drift'
  | 'together'
  | 'best'
  | 'bestWorld'
  | 'labelDrift'
  | 'decay'
  | 'slices'
  | 'estimate'
  | 'proxies'
  | 'labelArrival'
>;

/** Of a model without one. */
export const noLastWindow: LastWindow = {
  success: null,
  drift: null,
  together: null,
  best: null,
  bestWorld: null,
  labelDrift: null,
  decay: null,
  slices: null,
  estimate: null,
  proxies: [],
  labelArrival: null,
};

/** The last judged window of each of these models. Law: one look-up per model. */
export async function lastWindowsOf(db: Db, names: readonly string[]): Promise<ReadonlyMap<string, LastWindow>> {
  const result = await db.execute<{
    model: string;
    window: number;
    maturity: Maturity | null;
    success: SuccessJudgement | null;
    best: BestJudgement | null;
    kinds: KindsOfDrift | null;
    causes: readonly Cause[] | null;
    together: TogetherJudgement | null;
    world: BestWorld | null;
    labels: LabelDrift | null;
    decayed: KeptDecay | null;
    slices: SlicesJudgement | null;
    estimate: KeptEstimate | null;
    proxies: readonly ProxyJudgement[] | null;
  }>(sql`
    select asked.name as model, last.number as window, e.body -> 'maturity' as maturity, e.body -> 'success' as success,
      e.body -> 'decay' -> 'best' as best, e.body -> 'kinds' as kinds,
      e.body -> 'drift' -> 'causes' as causes, e.body -> 'drift' -> 'together' as together,
      case when e.body -> 'decay' ->> 'verdict' = 'decayed' then e.body -> 'decay' end as decayed,
      e.body -> 'bestWorld' as world, e.body -> 'labels' as labels, e.body -> 'slices' as slices,
      e.body -> 'estimate' as estimate, e.body -> 'proxies' as proxies
    from unnest(${sql.param([...names])}::text[]) as asked (name)
    cross join lateral (
      select number, evidence_id from "window" where model = asked.name and judged_at is not null
      order by number desc limit 1
    ) last
    join evidence e on e.evidence_id = last.evidence_id`);
  return new Map(
    result.rows.map(
      ({
        model,
        window,
        maturity,
        success,
        best,
        kinds,
        causes,
        together,
        world,
        labels,
        decayed,
        slices,
        estimate,
        proxies,
      }) => [
        model,
        {
          success: successIn(window, success),
          drift:
            kinds === null ? null : { window, kinds: [...kinds.kinds], text: kinds.text, causes: [...(causes ?? [])] },
          together: togetherIn(window, together),
          best: bestIn(window, best),
          bestWorld: world === null ? null : { window, ...world, features: [...world.features] },
          labelDrift: labelsIn(window, labels),
          decay: decayIn(window, decayed),
          slices: slicesIn(window, slices),
          estimate: estimateIn(window, estimate),
          proxies: (proxies ?? []).map((judged) => proxyIn(window, judged)),
          labelArrival: arrivalIn(window, maturity),
        },
      ],
    ),
  );
}

function successIn(window: number, judged: SuccessJudgement | null): LastWindow['success'] {
  if (judged === null) return null;
  const { criterion: _, ...said } = judged;
  return { window, ...said };
}

function togetherIn(window: number, judged: TogetherJudgement | null): LastWindow['together'] {
  if (judged === null) return null;
  const { verdict, text } = judged;
  if (judged.verdict === 'not-judged')
    return { window, verdict, auroc: null, expectedLow: null, expectedHigh: null, features: [], pairs: [], text };
  const { auroc, expectedLow, expectedHigh } = judged;
  const [features, pairs] = [[...judged.features], [...judged.pairs]];
  return { window, verdict, auroc, expectedLow, expectedHigh, features, pairs, text };
}

function bestIn(window: number, judged: BestJudgement | null): LastWindow['best'] {
  if (judged === null) return null;
  const { window: _, bestRows: __, ...said } = judged;
  return { window, ...said };
}

function labelsIn(window: number, judged: LabelDrift | null): LastWindow['labelDrift'] {
  if (judged === null) return null;
  const { designEffect: _, histogram: __, ...said } = judged;
  return { window, ...said };
}

function decayIn(window: number, decayed: KeptDecay | null): LastWindow['decay'] {
  if (decayed === null) return null;
  const { recentLoss, referenceLoss, relativeRise, causes, text } = decayed;
  const losses = { recentLoss, referenceLoss, relativeRise };
  if (causes === undefined) return { window, ...losses, rise: null, causes: [], text };
  return { window, ...losses, rise: causes.rise, causes: [...causes.causes], text: `${text} ${causes.text}` };
}

function slicesIn(window: number, judged: SlicesJudgement | null): LastWindow['slices'] {
  if (judged === null) return null;
  const slices = judged.slices.map(({ key: _key, quality, decay, decisions, ...counted }) => {
    const { metric, labelledRows, value, interval } = quality;
    const figure = { metric, labelledRows, value, lower: interval?.lower ?? null, upper: interval?.upper ?? null };
    if (decay === null) return { ...counted, decisions: { ...decisions }, ...figure, decay };
    const { reference: _reference, ...said } = decay;
    return { ...counted, decisions: { ...decisions }, ...figure, decay: said };
  });
  return { window, verdict: judged.verdict, unwatched: judged.unwatched, slices, text: judged.text };
}

function estimateIn(window: number, said: KeptEstimate | null): LastWindow['estimate'] {
  if (said === null) return null;
  const { loss: metric, text } = said;
  const judged = said.metrics[metric];
  return {
    window,
    metric,
    trust: judged?.trust ?? 'not-yet',
    estimated: judged?.estimated ?? null,
    lower: judged?.interval?.lower ?? null,
    upper: judged?.interval?.upper ?? null,
    compared: judged?.compared ?? 0,
    within: judged?.within ?? 0,
    text,
  };
}

function proxyIn(window: number, judged: ProxyJudgement): LastWindow['proxies'][number] {
  const { agreement, reference: _, ...said } = judged;
  return { window, ...said, agreement: agreement.verdict };
}

function arrivalIn(window: number, maturity: Maturity | null): LastWindow['labelArrival'] {
  if (maturity === null) return null;
  const { throughSeq: matureSeq, delayRows, coverage = usualCoverage, never, text } = maturity;
  return { window, matureSeq, delayRows, coverage, neverShare: never?.share ?? null, text };
}

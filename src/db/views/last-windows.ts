import { sql } from 'drizzle-orm';
import type { StatusView } from '../../contracts/http/views.ts';
import type { SuccessJudgement } from '../../domain/watch/judge-success.ts';
import type { KindsOfDrift } from '../../domain/watch/causes/drift-kinds.ts';
import type { Cause } from '../../domain/watch/causes/rank-causes.ts';
import type { TogetherJudgement } from '../../domain/watch/multivariate/judge-together.ts';
import type { BestJudgement } from '../../domain/watch/best/judge-best.ts';
import { usualCoverage, type Maturity } from '../../domain/watch/mature-through.ts';
import type { ProxyJudgement } from '../../domain/watch/judge-proxy.ts';
import type { EstimateJudgement } from '../../domain/watch/judge-estimate.ts';
import type { Db } from '../base/connect.ts';

/** As it stands in the evidence of a window. */
interface KeptEstimate {
  readonly loss: string;
  readonly metrics: Readonly<Record<string, EstimateJudgement>>;
  readonly text: string;
}

/** What the last judged window of a model says beside its verdict; null where its evidence does not. */
export type LastWindow = Pick<
  StatusView,
  'success' | 'drift' | 'together' | 'best' | 'estimate' | 'proxies' | 'labelArrival'
>;

/** Of a model without one. */
export const noLastWindow: LastWindow = {
  success: null,
  drift: null,
  together: null,
  best: null,
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
    estimate: KeptEstimate | null;
    proxies: readonly ProxyJudgement[] | null;
  }>(sql`
    select asked.name as model, last.number as window, e.body -> 'maturity' as maturity, e.body -> 'success' as success,
      e.body -> 'decay' -> 'best' as best, e.body -> 'kinds' as kinds,
      e.body -> 'drift' -> 'causes' as causes, e.body -> 'drift' -> 'together' as together,
      e.body -> 'estimate' as estimate, e.body -> 'proxies' as proxies
    from unnest(${sql.param([...names])}::text[]) as asked (name)
    cross join lateral (
      select number, evidence_id from "window" where model = asked.name and judged_at is not null
      order by number desc limit 1
    ) last
    join evidence e on e.evidence_id = last.evidence_id`);
  return new Map(
    result.rows.map(({ model, window, maturity, success, best, kinds, causes, together, estimate, proxies }) => [
      model,
      {
        success: successIn(window, success),
        drift:
          kinds === null ? null : { window, kinds: [...kinds.kinds], text: kinds.text, causes: [...(causes ?? [])] },
        together: togetherIn(window, together),
        best: bestIn(window, best),
        estimate: estimateIn(window, estimate),
        proxies: (proxies ?? []).map((judged) => proxyIn(window, judged)),
        labelArrival: arrivalIn(window, maturity),
      },
    ]),
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

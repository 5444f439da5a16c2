import { sql } from 'drizzle-orm';
import type { StatusView } from '../../contracts/http/views.ts';
import type { SuccessJudgement } from '../../domain/watch/judge-success.ts';
import type { KindsOfDrift } from '../../domain/watch/causes/drift-kinds.ts';
import type { Cause } from '../../domain/watch/causes/rank-causes.ts';
import type { BestJudgement } from '../../domain/watch/best/judge-best.ts';
import { usualCoverage, type Maturity } from '../../domain/watch/mature-through.ts';
import type { Db } from '../base/connect.ts';

/** What the last judged window of a model says beside its verdict; null where its evidence does not. */
export type LastWindow = Pick<StatusView, 'success' | 'drift' | 'best' | 'labelArrival'>;

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
  }>(sql`
    select asked.name as model, last.number as window, e.body -> 'maturity' as maturity, e.body -> 'success' as success,
      e.body -> 'decay' -> 'best' as best, e.body -> 'kinds' as kinds,
      e.body -> 'drift' -> 'causes' as causes
    from unnest(${sql.param([...names])}::text[]) as asked (name)
    cross join lateral (
      select number, evidence_id from "window" where model = asked.name and judged_at is not null
      order by number desc limit 1
    ) last
    join evidence e on e.evidence_id = last.evidence_id`);
  return new Map(
    result.rows.map(({ model, window, maturity, success, best, kinds, causes }) => [
      model,
      {
        success: successIn(window, success),
        drift:
          kinds === null ? null : { window, kinds: [...kinds.kinds], text: kinds.text, causes: [...(causes ?? [])] },
        best: bestIn(window, best),
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

function bestIn(window: number, judged: BestJudgement | null): LastWindow['best'] {
  if (judged === null) return null;
  const { window: _, bestRows: __, ...said } = judged;
  return { window, ...said };
}

function arrivalIn(window: number, maturity: Maturity | null): LastWindow['labelArrival'] {
  if (maturity === null) return null;
  const { throughSeq: matureSeq, delayRows, coverage = usualCoverage, never, text } = maturity;
  return { window, matureSeq, delayRows, coverage, neverShare: never?.share ?? null, text };
}

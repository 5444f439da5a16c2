import { sql } from 'drizzle-orm';
import type { StatusView } from '../../contracts/http/views.ts';
import { usualCoverage, type Maturity } from '../../domain/watch/mature-through.ts';
import type { Db } from '../base/connect.ts';

type LabelArrival = NonNullable<StatusView['labelArrival']>;

/** How labels came by the last judged window of each of these models. Law: one look-up per model. */
export async function labelArrivalsOf(db: Db, names: readonly string[]): Promise<ReadonlyMap<string, LabelArrival>> {
  const result = await db.execute<{ model: string; window: number; maturity: Maturity }>(sql`
    select last.model, last.number as window, e.body -> 'maturity' as maturity
    from unnest(${sql.param([...names])}::text[]) as asked (name)
    cross join lateral (
      select model, number, evidence_id from "window" where model = asked.name and judged_at is not null
      order by number desc limit 1
    ) last
    join evidence e on e.evidence_id = last.evidence_id
    where jsonb_typeof(e.body -> 'maturity') = 'object'`);
  return new Map(
    result.rows.map(({ model, window, maturity }) => [
      model,
      {
        window,
        matureSeq: maturity.throughSeq,
        delayRows: maturity.delayRows,
        coverage: maturity.coverage ?? usualCoverage,
        neverShare: maturity.never?.share ?? null,
        text: maturity.text,
      },
    ]),
  );
}

import { sql } from 'drizzle-orm';
import type { Db } from '../../base/connect.ts';
import { leftJoinCurrentLabel } from './current-label.ts';

export interface RecentPace {
  readonly rowsPerHour: number;
  readonly entities: number | null;
  readonly failureRate: number;
}

/**
 * Recent traffic of a model as a forecast needs it: pace, entities, and how often the champion's decisions turn out
 * wrong.
 */
export async function recentPace(db: Db, model: string): Promise<RecentPace> {
  const result = await db.execute<{
    rows: number;
    entities: number;
    seconds: number;
    labelled: number;
    wrong: number;
  }>(sql`
    with recent as (
      select p.model, p.part, p.prediction_id, p.entity_hash, p.requested_at, p.decision from prediction p
      where p.model = ${model} order by p.seq desc limit 2000
    )
    select count(*)::int as rows, count(distinct p.entity_hash)::int as entities,
      coalesce(extract(epoch from max(p.requested_at) - min(p.requested_at)), 0)::float8 as seconds,
      count(current.label)::int as labelled, count(*) filter (where current.label <> p.decision)::int as wrong
    from recent p ${leftJoinCurrentLabel('now')}`);
  const row = result.rows[0];
  if (row === undefined || row.rows === 0) return { rowsPerHour: 0, entities: null, failureRate: 0 };
  return {
    rowsPerHour: row.seconds > 0 ? (row.rows / row.seconds) * 3_600 : 0,
    entities: row.entities === 0 ? null : row.entities,
    failureRate: row.labelled === 0 ? 0.01 : Math.max(row.wrong / row.labelled, 0.0005),
  };
}

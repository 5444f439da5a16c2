import { sql } from 'drizzle-orm';
import { directionOf } from '../../domain/metrics/metrics.ts';
import type { MetricName } from '../../domain/metrics/registry.ts';
import type { FeatureRelation } from '../../domain/training/training.ts';
import type { VersionRelations } from '../../domain/watch/lost-relations.ts';
import type { Db } from '../base/connect.ts';

/** Moves of the champion that are looked at for the best one. */
const movesMax = 50;

type Row = { version: number; relations: FeatureRelation[] };

/**
 * What features said at the training of the best champion (of the last 50, by the metric on its own test rows), and at
 * the training of a run. Null where there are not two versions that say it. Law: 50 moves, and their versions.
 */
export async function relationsOfBestAndNewest(
  db: Db,
  model: string,
  { runId, metric }: { readonly runId: string; readonly metric: MetricName },
): Promise<{ readonly best: VersionRelations; readonly newest: VersionRelations } | null> {
  const bestRows = await db.execute<Row>(sql`
    select v.version, v.report -> 'relations' as relations
    from version v
    where v.model = ${model} and jsonb_typeof(v.report -> 'relations') = 'array' and v.version in (
      select m.to_version from alias_move m where m.model = ${model} and m.alias = 'champion'
      order by m.moved_at desc limit ${movesMax})
    order by ${directionOf(metric)}::float8 *
      (v.report -> 'candidate' -> 'testMetrics' ->> ${metric})::float8 desc nulls last, v.version desc
    limit 1`);
  const newestRows = await db.execute<Row>(sql`
    select v.version, v.report -> 'relations' as relations from version v
    where v.run_id = ${runId} and jsonb_typeof(v.report -> 'relations') = 'array'`);
  const [best] = bestRows.rows;
  const [newest] = newestRows.rows;
  return best === undefined || newest === undefined || best.version === newest.version ? null : { best, newest };
}

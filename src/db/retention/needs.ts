import { sql, type SQL } from 'drizzle-orm';
import { openRolloutStatuses } from '../../domain/rollout/routing.ts';
import type { Db } from '../base/connect.ts';
import { dayBefore } from './aged-rows.ts';

/** What of a model's traffic must stay, whatever its age. */
export interface TrafficNeeds {
  /** A training or an ingest is reading: nothing of the traffic goes meanwhile. */
  readonly isTraining: boolean;
  /** First position that an open rollout, an A/B test, a guard or an unjudged window needs; null when none does. */
  readonly fromSeq: number | null;
}

export async function trafficNeeds(tx: Db, model: string): Promise<TrafficNeeds> {
  const { rows } = await tx.execute<{ training: boolean; from: number | null }>(sql`
    select
      exists (select from run r where r.model = ${model} and r.status = 'running' and r.kind in ('train', 'ingest'))
        as training,
      least(
        (select min(o.started_seq) from rollout o where o.model = ${model} and o.status in ${openRolloutStatuses}),
        (select min(coalesce((g.input ->> 'afterSeq')::bigint, (select min(coalesce(o.ended_seq, 0)) from rollout o
            where o.model = g.model and o.version = (g.input ->> 'version')::int)))
          from run g where g.model = ${model} and g.kind = 'guard' and g.status = 'running'),
        (select min(b.counted_seq + 1) from ab_test b where b.model = ${model} and b.ended_at is null),
        (select min(w.first_seq) from "window" w where w.model = ${model} and w.judged_at is null),
        (select min(w.first_seq) from "window" w where w.model = ${model} and w.judged_at is not null
          and w.decided_at is null)
      )::float8 as "from"`);
  const [row] = rows;
  return { isTraining: row?.training ?? false, fromSeq: row?.from ?? null };
}

/** The last position of the windows that were closed before their days were over; null when there is none. */
export async function seqOf(tx: Db, model: string, days: number): Promise<number | null> {
  const { rows } = await tx.execute<{ seq: number }>(sql`
    select w.last_seq::float8 as seq from "window" w where w.model = ${model} and w.closed_at < ${dayBefore(days)}
    order by w.closed_at desc limit 1`);
  return rows[0]?.seq ?? null;
}

/**
 * The versions of a model whose files must stay: what answers or is tried, what a guard or an A/B test compares,
 * where a roll-back or the kill switch would go, the first champion (all that was won is measured against it), the
 * newest, and those that are young enough to be reproduced. `days` null keeps all.
 */
export function neededVersions(model: string, days: number | null): SQL {
  if (days === null) return sql`select v.version from version v where v.model = ${model}`;
  return sql`
    select v.version from version v where v.model = ${model} and v.created_at >= ${dayBefore(days)}
    union select max(v.version) from version v where v.model = ${model}
    union select (r.entry #>> '{champion,version}')::int from routing r where r.model = ${model}
    union select (r.entry #>> '{challenger,version}')::int from routing r where r.model = ${model}
    union select unnest(array[o.version, o.base_version]) from rollout o
      where o.model = ${model} and o.status in ${openRolloutStatuses}
    union select (arm ->> 'version')::int from ab_test b cross join lateral jsonb_array_elements(b.arms) arm
      where b.model = ${model} and b.ended_at is null
    union select unnest(array[(g.input ->> 'version')::int, (g.input ->> 'predecessor')::int]) from run g
      where g.model = ${model} and g.kind = 'guard' and g.status = 'running'
    union select unnest(array[m.to_version, m.from_version]) from (select a.to_version, a.from_version from alias_move a
      where a.model = ${model} and a.alias = 'champion' order by a.move_id desc limit 2) m
    union select m.to_version from (select a.to_version from alias_move a
      where a.model = ${model} and a.alias = 'champion' and a.command_id is not null order by a.move_id desc limit 1) m
    union select m.to_version from (select a.to_version from alias_move a
      where a.model = ${model} and a.alias = 'champion' and a.to_version is not null order by a.move_id limit 1) m`;
}

import { sql } from 'drizzle-orm';
import type { RolloutKey } from '../../../domain/words/ids.ts';
import type { Db } from '../../base/connect.ts';
import { joinCurrentLabel } from '../read/current-label.ts';
import { predictionOf } from '../read/prediction-of.ts';

/** How far a look went: labels known through one position, rows mature through another. */
export interface MatureCut {
  readonly throughSeq: number;
  readonly matureSeq: number;
}

/**
 * Mature rows whose decision differs from their label turn into first wrong decisions of their entities in a canary, at
 * the position of the row. A row is looked at when it has become mature and, where its label comes later still, with
 * that label. The other kinds of failure are found when a segment is stored. Law: linear in what came since the look
 * before, which had gone `since` (null: none has been): rows that have become mature, and labels that became known, a
 * moment more than once.
 */
export async function recordWrongDecisions(
  tx: Db,
  key: RolloutKey,
  { since, throughSeq, matureSeq }: MatureCut & { readonly since: MatureCut | null },
): Promise<void> {
  await tx.execute(sql`
    with part_of_it as (
      select r.*, greatest(r.started_seq, ${since?.throughSeq ?? 0}::bigint) as known_since,
        greatest(r.started_seq, ${since?.matureSeq ?? 0}::bigint) as mature_since
      from rollout r
      where r.model = ${key.model} and r.version = ${key.version} and r.attempt = ${key.attempt}
    ), fresh as (
      select p.* from part_of_it r cross join lateral (
        select * from prediction where model = r.model and seq > r.mature_since and seq <= ${matureSeq} offset 0
      ) p
      union all
      select p.* from part_of_it r
      cross join lateral (
        select distinct prediction_id, part from label
        where model = r.model and known_seq >= r.known_since and known_seq <= ${throughSeq} offset 0
      ) l
      cross join lateral (${predictionOf(key.model, sql`l.prediction_id`, sql`l.part`)}) p
      where p.seq > r.started_seq and p.seq <= least(r.mature_since, ${matureSeq}::bigint)
    ), first_wrong as (
      select distinct on (e.entity) e.entity, p.seq, p.arm, p.challenger_weight
      from fresh p
      cross join part_of_it r
      ${joinCurrentLabel({ seq: throughSeq })}
      cross join lateral (
        select entity from rollout_entity where model = r.model and version = r.version and attempt = r.attempt
          and entity = coalesce(p.entity_hash, 'request:' || p.prediction_id)
        union all
        select entity from rollout_entity where model = r.model and version = r.version and attempt = r.attempt
          and keyed_entity = p.entity_hash
      ) e
      where p.routing_revision >= r.first_revision and p.stage = 'canary'
        and p.decision is not null and p.decision <> current.label
      order by e.entity, p.seq
    )
    update rollout_entity e
    set wrong_seq = f.seq, wrong_arm = f.arm, wrong_weight = f.challenger_weight
    from first_wrong f
    where e.model = ${key.model} and e.version = ${key.version} and e.attempt = ${key.attempt}
      and e.entity = f.entity and (e.wrong_seq is null or e.wrong_seq > f.seq)`);
}

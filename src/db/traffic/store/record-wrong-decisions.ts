import { sql } from 'drizzle-orm';
import type { RolloutKey } from '../../../domain/words/ids.ts';
import type { Db } from '../../base/connect.ts';
import { predictionOf } from '../read/prediction-of.ts';

/**
 * Labels that became known up to `throughSeq` turn into first failures of their entities in a canary (`wrong`: the
 * decision differs from the label). The other kinds of failure are found when a segment is stored. Law: linear in what
 * came since the last look, which had gone `throughSeq: since` (null: none has been): labels that became known from
 * there on, a moment more than once, and rows that came after their label.
 */
export async function recordWrongDecisions(
  tx: Db,
  key: RolloutKey,
  { since, throughSeq }: { readonly since: number | null; readonly throughSeq: number },
): Promise<void> {
  await tx.execute(sql`
    with part_of_it as (
      select r.*, greatest(r.started_seq, ${since ?? 0}::bigint) as since from rollout r
      where r.model = ${key.model} and r.version = ${key.version} and r.attempt = ${key.attempt}
    ), fresh as (
      select l.prediction_id, l.part, l.label, l.known_seq, l.label_seq from part_of_it r
      cross join lateral (
        select * from label where model = r.model and known_seq >= r.since and known_seq <= ${throughSeq} offset 0
      ) l
      union
      select l.prediction_id, l.part, l.label, l.known_seq, l.label_seq from part_of_it r
      cross join lateral (
        select * from prediction where model = r.model and seq > r.since and seq <= ${throughSeq} offset 0
      ) p
      cross join lateral (
        select * from label where model = p.model and prediction_id = p.prediction_id and part >= p.part offset 0
      ) l
    ), matured as (
      select distinct on (e.entity) e.entity, p.arm, p.challenger_weight, l.known_seq
      from part_of_it r
      join fresh l on l.known_seq > r.started_seq and l.known_seq <= ${throughSeq}
      cross join lateral (${predictionOf(key.model, sql`l.prediction_id`, sql`l.part`)}) p
      cross join lateral (
        select entity from rollout_entity where model = r.model and version = r.version and attempt = r.attempt
          and entity = coalesce(p.entity_hash, 'request:' || p.prediction_id)
        union all
        select entity from rollout_entity where model = r.model and version = r.version and attempt = r.attempt
          and keyed_entity = p.entity_hash
      ) e
      where p.seq > r.started_seq and p.routing_revision >= r.first_revision and p.stage = 'canary'
        and p.decision is not null and p.decision <> l.label
      order by 1, l.known_seq, l.label_seq
    )
    update rollout_entity e
    set failed_seq = m.known_seq, failed_arm = m.arm, failed_weight = m.challenger_weight, failure_kind = 'wrong'
    from matured m
    where e.model = ${key.model} and e.version = ${key.version} and e.attempt = ${key.attempt}
      and e.entity = m.entity and e.failed_seq is null`);
}

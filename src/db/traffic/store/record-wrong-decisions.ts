import { sql } from 'drizzle-orm';
import type { RolloutKey } from '../../../domain/words/ids.ts';
import type { Db } from '../../base/connect.ts';

/**
 * Labels that became known up to `throughSeq` turn into first failures of their entities in a canary (`wrong`: the
 * decision differs from the label). The other kinds of failure are found when a segment is stored.
 */
export async function recordWrongDecisions(tx: Db, key: RolloutKey, throughSeq: number): Promise<void> {
  await tx.execute(sql`
    with matured as (
      select distinct on (coalesce(p.entity_hash, 'request:' || p.prediction_id))
        coalesce(p.entity_hash, 'request:' || p.prediction_id) as entity, p.arm, p.challenger_weight, l.known_seq
      from rollout r
      join label l on l.model = r.model and l.known_seq > r.started_seq and l.known_seq <= ${throughSeq}
      join prediction p on p.model = l.model and p.prediction_id = l.prediction_id and p.part <= l.part
      where r.model = ${key.model} and r.version = ${key.version} and r.attempt = ${key.attempt}
        and p.seq > r.started_seq and p.routing_revision >= r.first_revision and p.stage = 'canary'
        and p.decision is not null and p.decision <> l.label
      order by 1, l.known_seq, l.label_seq
    )
    update rollout_entity e
    set failed_seq = m.known_seq, failed_arm = m.arm, failed_weight = m.challenger_weight, failure_kind = 'wrong'
    from matured m
    where e.model = ${key.model} and e.version = ${key.version} and e.attempt = ${key.attempt}
      and e.entity = m.entity and e.failed_seq is null`);
}

import { sql } from 'drizzle-orm';
import { daysKept } from '../../domain/spec/default-retention.ts';
import { openRolloutStatuses } from '../../domain/rollout/routing.ts';
import type { RetentionSpec } from '../../domain/spec/spec.ts';
import type { Db } from '../base/connect.ts';
import { dayBefore } from './aged-rows.ts';
import { neededVersions } from './needs.ts';
import { noteRemoval } from './remove-rows.ts';

/**
 * Of a decision its row and its sentence stay; the numbers behind it go when they are old, unless a version whose files
 * are needed rests on them: decay is measured against the losses that the gate has stored. Answers how many were
 * emptied.
 */
export async function emptyEvidence(tx: Db, model: string, retention: RetentionSpec, rowsMax: number): Promise<number> {
  const days = daysKept(retention.evidence);
  if (days === null) return 0;
  const { rows } = await tx.execute<{ rows: number; bytes: number }>(sql`
    with old as (select e.evidence_id as id, pg_column_size(e.body) as bytes from evidence e
        where e.model = ${model} and e.created_at < ${dayBefore(days)} and not e.body ? 'removedAt'
          and not exists (select from rollout o where o.model = e.model and o.status in ${openRolloutStatuses})
          and e.evidence_id not in (select v.gate_evidence_id from version v where v.model = ${model}
            and v.gate_evidence_id is not null
            and v.version in (${neededVersions(model, daysKept(retention.artifacts))}))
        limit ${rowsMax}),
      emptied as (update evidence e set body = jsonb_strip_nulls(
          jsonb_build_object('text', e.body -> 'text', 'removedAt', to_jsonb(now())))
        from old where e.evidence_id = old.id returning old.bytes - pg_column_size(e.body) as bytes)
    select count(*)::int as rows, coalesce(sum(bytes), 0)::float8 as bytes from emptied`);
  const emptied = rows[0] ?? { rows: 0, bytes: 0 };
  await noteRemoval(tx, model, 'evidence bodies', emptied);
  return emptied.rows;
}

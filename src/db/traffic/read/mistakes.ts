import { sql } from 'drizzle-orm';
import type { Db } from '../../base/connect.ts';

/** An entity's first failure whose decision its label contradicted. */
export interface WrongEntity {
  readonly entity: string;
  /** Its hash under the key, where `entity` is from before there was one. */
  readonly keyedEntity: string | null;
  readonly arm: string;
  /** The position at which the label became known. */
  readonly knownSeq: number;
}

export interface Mistake {
  readonly arm: string;
  readonly decision: string;
  readonly label: string;
  readonly entities: number;
}

/** What these entities were told and what turned out to be true, most frequent first. */
export async function mistakesOf(
  db: Db,
  model: string,
  wrong: readonly WrongEntity[],
  mistakesMax: number,
): Promise<readonly Mistake[]> {
  if (wrong.length === 0) return [];
  const column = <T>(read: (row: WrongEntity) => T) => sql.param(wrong.map(read));
  const result = await db.execute<{ arm: string; decision: string; label: string; entities: number }>(sql`
    with told as (
      select distinct on (f.entity) f.arm, p.decision, l.label
      from unnest(${column((row) => row.entity)}::text[], ${column((row) => row.arm)}::text[],
        ${column((row) => row.knownSeq)}::bigint[], ${column((row) => row.keyedEntity)}::text[])
        as f (entity, arm, known_seq, keyed_entity)
      join label l on l.model = ${model} and l.known_seq = f.known_seq
      join prediction p on p.model = l.model and p.prediction_id = l.prediction_id and p.part <= l.part
        and coalesce(p.entity_hash, 'request:' || p.prediction_id) in (f.entity, f.keyed_entity)
        and p.decision is not null and p.decision <> l.label
      order by f.entity, l.label_seq
    )
    select arm, decision, label, count(*)::int as entities from told group by 1, 2, 3 order by 4 desc
    limit ${mistakesMax}`);
  return result.rows;
}

import { sql } from 'drizzle-orm';
import type { Db } from '../../base/connect.ts';
import type { RolloutRange } from './paired-page.ts';

export interface ArmRows {
  readonly challengerRows: number;
  readonly challengerErrors: number;
  readonly championRows: number;
  /**
   * Entities with a row that the challenger should have answered, once in each stretch of `unitRows` rows of the
   * rollout, and those of them whose first row there failed. Stretches, not looks: who looked when changes nothing.
   */
  readonly challengerUnits: number;
  readonly challengerUnitFailures: number;
}

export const noRows: ArmRows = {
  challengerRows: 0,
  challengerErrors: 0,
  championRows: 0,
  challengerUnits: 0,
  challengerUnitFailures: 0,
};

const unitRows = 500;

/**
 * Which arm answered how many rows of a rollout that began after `startedSeq`. A row without an entity is an entity of
 * its own. Law: linear in the rows of the range, and at most `unitRows` more.
 */
export async function countByArm(
  db: Db,
  model: string,
  { startedSeq, afterSeq, throughSeq, revisionMin }: RolloutRange & { readonly startedSeq: number },
): Promise<ArmRows> {
  const stretchFrom = startedSeq + Math.floor((afterSeq - startedSeq) / unitRows) * unitRows;
  const result = await db.execute<{ [Key in keyof ArmRows]: number }>(sql`
    with answered as (
      select arm, failed, seq, coalesce(entity_hash, 'request:' || prediction_id) as entity,
        (seq - ${startedSeq}::bigint - 1) / ${unitRows}::int as stretch
      from prediction
      where model = ${model} and seq > ${stretchFrom} and seq <= ${throughSeq} and routing_revision >= ${revisionMin}
    ), firsts as (
      select distinct on (entity, stretch) failed, seq from answered where arm = 'challenger'
      order by entity, stretch, seq
    ), fresh as (
      select count(*)::int as units, count(*) filter (where failed)::int as failures from firsts where seq > ${afterSeq}
    )
    select count(*) filter (where arm = 'challenger')::int as "challengerRows",
      count(*) filter (where arm = 'challenger' and failed)::int as "challengerErrors",
      count(*) filter (where arm = 'champion')::int as "championRows",
      (select units from fresh) as "challengerUnits",
      (select failures from fresh) as "challengerUnitFailures"
    from answered where seq > ${afterSeq}`);
  return result.rows[0] ?? noRows;
}

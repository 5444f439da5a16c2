import { sql } from 'drizzle-orm';
import type { RolloutKey } from '../../domain/words/ids.ts';
import type { Db } from '../base/connect.ts';

export interface ArmTally {
  readonly arm: string;
  /** Entities whose first answer in this rollout came from it. */
  readonly entities: number;
  readonly failed: number;
  readonly errors: number;
  readonly slow: number;
  readonly wrong: number;
}

export interface WrongAnswers {
  readonly arms: readonly ArmTally[];
  /** True when only the first of many entities were counted. */
  readonly isPartial: boolean;
  /** What was said and what turned out to be true, most frequent first, over a sample of the first failures. */
  readonly mistakes: readonly {
    readonly arm: string;
    readonly decision: string;
    readonly label: string;
    readonly entities: number;
  }[];
  readonly mistakesSampled: number;
}

/** Counting stops here: beyond it a page says "at least", rather than reading an index for a second. */
const entitiesMax = 50_000;
const sampleMax = 400;

/** Who failed with which arm and how: what a newcomer needs to see what a bad challenger did. */
export async function wrongAnswersOf(db: Db, key: RolloutKey): Promise<WrongAnswers> {
  const arms = await db.execute<{
    arm: string;
    entities: number;
    failed: number;
    errors: number;
    slow: number;
    wrong: number;
  }>(sql`
    select coalesce(failed_arm, arm) as arm, count(*)::int as entities,
      count(*) filter (where failed_seq is not null)::int as failed,
      count(*) filter (where failure_kind = 'error')::int as errors,
      count(*) filter (where failure_kind = 'slow')::int as slow,
      count(*) filter (where failure_kind = 'wrong')::int as wrong
    from (select arm, failed_arm, failed_seq, failure_kind from rollout_entity
      where model = ${key.model} and version = ${key.version} and attempt = ${key.attempt} limit ${entitiesMax}) counted
    group by 1 order by 1`);
  const mistakes = await db.execute<{ arm: string; decision: string; label: string; entities: number }>(sql`
    with failed as (
      select entity, failed_arm, failed_seq from rollout_entity
      where model = ${key.model} and version = ${key.version} and attempt = ${key.attempt} and failure_kind = 'wrong'
      limit ${sampleMax}
    ), told as (
      select distinct on (f.entity) f.failed_arm as arm, p.decision, l.label
      from failed f
      join label l on l.model = ${key.model} and l.known_seq = f.failed_seq
      join prediction p on p.model = l.model and p.prediction_id = l.prediction_id
        and coalesce(p.entity_hash, 'request:' || p.prediction_id) = f.entity and p.decision is not null and
        p.decision <> l.label
      order by f.entity, l.label_seq
    )
    select arm, decision, label, count(*)::int as entities from told group by 1, 2, 3 order by 4 desc limit 12`);
  const counted = arms.rows.reduce((sum, row) => sum + row.entities, 0);
  return {
    arms: arms.rows,
    isPartial: counted >= entitiesMax,
    mistakes: mistakes.rows,
    mistakesSampled: mistakes.rows.reduce((sum, row) => sum + row.entities, 0),
  };
}

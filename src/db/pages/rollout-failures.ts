import { sql } from 'drizzle-orm';
import type { RolloutKey } from '../../domain/words/ids.ts';
import type { Db } from '../base/connect.ts';
import { mistakesOf, type Mistake } from '../traffic/read/mistakes.ts';

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
  readonly mistakes: readonly Mistake[];
  readonly mistakesSampled: number;
}

/** Counting stops here: beyond it a page says "at least", rather than reading an index for a second. */
const entitiesMax = 50_000;
const sampleMax = 400;
const mistakesMax = 12;

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
    select coalesce(wrong_arm, failed_arm, arm) as arm, count(*)::int as entities,
      count(*) filter (where failed_seq is not null or wrong_seq is not null)::int as failed,
      count(*) filter (where failure_kind = 'error')::int as errors,
      count(*) filter (where failure_kind = 'slow')::int as slow,
      count(*) filter (where failure_kind = 'wrong' or wrong_seq is not null)::int as wrong
    from (select arm, failed_arm, failed_seq, failure_kind, wrong_arm, wrong_seq from rollout_entity
      where model = ${key.model} and version = ${key.version} and attempt = ${key.attempt} limit ${entitiesMax}) counted
    group by 1 order by 1`);
  const wrong = await db.execute<{ arm: string; seq: string }>(sql`
    select wrong_arm as arm, wrong_seq::text as seq from rollout_entity
    where model = ${key.model} and version = ${key.version} and attempt = ${key.attempt} and wrong_seq is not null
    limit ${sampleMax}`);
  const sample = wrong.rows.map(({ arm, seq }) => ({ arm, seq: Number(seq) }));
  const mistakes = await mistakesOf(db, key.model, sample, mistakesMax);
  const counted = arms.rows.reduce((sum, row) => sum + row.entities, 0);
  return {
    arms: arms.rows,
    isPartial: counted >= entitiesMax,
    mistakes,
    mistakesSampled: mistakes.reduce((sum, row) => sum + row.entities, 0),
  };
}

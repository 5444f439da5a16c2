import { sql } from 'drizzle-orm';
import { fullWeight } from '../../../domain/rollout/routing.ts';
import type { RolloutKey } from '../../../domain/words/ids.ts';
import type { AssignedCounts } from '../../../statistics/sequential/e-process.ts';
import type { Db } from '../../base/connect.ts';

/**
 * Entities that came for the first time in a stretch of this rollout's canary, by the arm that their bucket gives them:
 * where rows of one arm are not logged, or names do not spread over the buckets, they are not as many as the weight
 * says. A lease that lapses sends everybody to the champion and is no such fault. Law: linear in the entities of this
 * one rollout.
 */
export async function countAssigned(
  db: Db,
  { model, version, attempt }: RolloutKey,
  { afterSeq, throughSeq }: { readonly afterSeq: number; readonly throughSeq: number },
): Promise<readonly AssignedCounts[]> {
  const result = await db.execute<{ weight: string; champion: number; challenger: number }>(sql`
    select p.challenger_weight::text as weight,
      count(*) filter (where p.bucket >= p.challenger_weight)::int as champion,
      count(*) filter (where p.bucket < p.challenger_weight)::int as challenger
    from rollout_entity e cross join lateral (
      select challenger_weight, bucket from prediction where model = ${model} and seq = e.first_seq limit 1
    ) p
    where e.model = ${model} and e.version = ${version} and e.attempt = ${attempt}
      and e.first_seq > ${afterSeq} and e.first_seq <= ${throughSeq}
    group by p.challenger_weight order by p.challenger_weight`);
  return result.rows.map(({ weight, champion, challenger }) => ({
    weight: Number(weight) / fullWeight,
    champion,
    challenger,
  }));
}

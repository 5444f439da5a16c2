import { sql } from 'drizzle-orm';
import type { Db } from '../../base/connect.ts';
import type { RolloutRange } from './paired-page.ts';

export interface ArmRows {
  readonly challengerRows: number;
  readonly challengerErrors: number;
  readonly championRows: number;
}

/** Which arm answered how many rows of a rollout. */
export async function countByArm(
  db: Db,
  model: string,
  { afterSeq, throughSeq, revisionMin }: RolloutRange,
): Promise<ArmRows> {
  const result = await db.execute<{ [Key in keyof ArmRows]: number }>(sql`
    select count(*) filter (where arm = 'challenger')::int as "challengerRows",
      count(*) filter (where arm = 'challenger' and failed)::int as "challengerErrors",
      count(*) filter (where arm = 'champion')::int as "championRows"
    from prediction
    where model = ${model} and seq > ${afterSeq} and seq <= ${throughSeq} and routing_revision >= ${revisionMin}`);
  return result.rows[0] ?? { challengerRows: 0, challengerErrors: 0, championRows: 0 };
}

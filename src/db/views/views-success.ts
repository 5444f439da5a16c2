import { sql } from 'drizzle-orm';
import type { StatusView } from '../../contracts/http/views.ts';
import type { SuccessJudgement } from '../../domain/watch/judge-success.ts';
import type { Db } from '../base/connect.ts';

/** What the last judged window of each model says of its criterion of success. */
export async function lastSuccessesOf(
  db: Db,
  names: readonly string[],
): Promise<ReadonlyMap<string, NonNullable<StatusView['success']>>> {
  if (names.length === 0) return new Map();
  const result = await db.execute<{ name: string; number: number; success: SuccessJudgement | null }>(sql`
    select n.name, w.number, e.body -> 'success' as success
    from unnest(${sql.param([...names])}::text[]) as n (name)
    cross join lateral (select number, evidence_id from "window" where model = n.name and evidence_id is not null
    order by number desc limit 1) w
    join evidence e on e.evidence_id = w.evidence_id`);
  return new Map(
    result.rows.flatMap(({ name, number: window, success }) => {
      if (success === null) return [];
      const { criterion: _, ...said } = success;
      return [[name, { window, ...said }]];
    }),
  );
}

import { sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { isOfWindow } from '../watching/occasion-sql.ts';

/** How far a model's traffic has come, and what has followed from it. */
export interface Progress {
  readonly lastSeq: number;
  readonly openWindow: number;
  readonly openRows: number;
  readonly lastClosedWindow: number;
  readonly lastJudgedWindow: number;
  readonly lastDecidedWindow: number;
  readonly runningTrainings: number;
  readonly labels: number;
}

export async function progressOf(db: Db, name: string): Promise<Progress> {
  const progress = (await progressOfAll(db, [name])).get(name);
  if (progress === undefined) throw new Error('a query over one name gave no row');
  return progress;
}

/**
 * One query for any number of models, each figure found by index whatever their history. "Judged" is contiguous: the
 * last window before the first unjudged one, so that a window judged out of turn does not make a client believe that
 * those before it are done. Labels are counted as they are stored.
 */
export async function progressOfAll(db: Db, names: readonly string[]): Promise<ReadonlyMap<string, Progress>> {
  const result = await db.execute<{ [Key in keyof Progress]: number } & { name: string }>(sql`
    select
      n.name,
      coalesce(s.last_seq, 0)::float8 as "lastSeq",
      coalesce(s.open_window, 1) as "openWindow",
      coalesce(s.open_rows, 0) as "openRows",
      coalesce(s.labels, 0)::float8 as "labels",
      closed.number as "lastClosedWindow",
      coalesce((select min(w.number) - 1 from "window" w where w.model = n.name and w.judged_at is null),
      closed.number) as "lastJudgedWindow",
      coalesce((select max(d.window_number) from decision d where d.model = n.name and ${isOfWindow(sql`d.key`)}), 0) as
      "lastDecidedWindow",
      (select count(*) from run r where r.model = n.name and r.kind = 'train' and r.status = 'running')::float8 as
      "runningTrainings"
    from unnest(${sql.param([...names])}::text[]) as n (name)
    left join model_stream s on s.model = n.name
    cross join lateral (select coalesce(max(w.number), 0) as number from "window" w where w.model = n.name) closed`);
  return new Map(result.rows.map(({ name, ...progress }) => [name, progress]));
}

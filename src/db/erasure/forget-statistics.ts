import { sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';

/** Columns are sampled anew for the planner, so that no sample holds a cell of a row that is gone. */
export async function forgetStatistics(db: Db): Promise<void> {
  await db.execute(sql`select forget_statistics()`);
}

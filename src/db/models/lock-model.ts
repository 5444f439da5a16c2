import { sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';

/** One at a time for each model until the transaction ends: what is counted here stays as it was counted. */
export async function lockModel(tx: Db, model: string): Promise<void> {
  await tx.execute(sql`select from model where name = ${model} for update`);
}

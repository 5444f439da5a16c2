import { sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import type { Erasure } from './erasures.ts';

/** Models with a legal hold among those that an erasure covers. */
export async function heldAmong(db: Db, { scope, name }: Pick<Erasure, 'scope' | 'name'>): Promise<readonly string[]> {
  const { rows } = await db.execute<{ model: string }>(sql`
    select h.model from legal_hold h join model m on m.name = h.model
    where ${scope} = 'all' or (${scope} = 'model' and h.model = ${name}) order by h.model limit 100`);
  return rows.map(({ model }) => model);
}

import { sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { isOfWindow, thawedKey } from './occasion-sql.ts';

/**
 * Models whose latest decision about a window was held back by a freeze that is gone, and that window. Level-triggered:
 * whoever asks finds them until they are decided again, so that a thaw which nobody heard of delays and never loses.
 */
export async function frozenDecisions(
  db: Db,
  model: string | null,
  limit: number,
): Promise<readonly { readonly model: string; readonly window: number }[]> {
  const result = await db.execute<{ model: string; window: number }>(sql`
    select d.model, d.window_number as window from (
      select distinct on (model) model, key, window_number, blocked_by from decision
      where ${isOfWindow(sql`key`)} ${model === null ? sql`` : sql`and model = ${model}`}
      order by model, window_number desc, created_at desc
    ) d
    where d.blocked_by = 'frozen' and not exists (select 1 from "freeze" f where f.model in (d.model, '*'))
      and not exists (select 1 from decision t where t.model = d.model and t.key = ${thawedKey(sql`d.key`)})
    order by d.model limit ${limit}`);
  return result.rows;
}

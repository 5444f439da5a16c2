import { sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import type { Erasure } from './erasures.ts';

/** A model or a feature view: no two of them have one name. */
export interface Owner {
  readonly of: 'model' | 'view';
  readonly name: string;
}

/** Those that an erasure covers, by name, from one of them on; at most `limit`. */
export async function ownersFrom(
  db: Db,
  { scope, name }: Pick<Erasure, 'scope' | 'name'>,
  from: string,
  limit: number,
): Promise<readonly Owner[]> {
  const { rows } = await db.execute<{ of: Owner['of']; name: string }>(sql`
    select o.of, o.name from (
      select 'model' as of, m.name from model m where ${scope} = 'all' or (${scope} = 'model' and m.name = ${name})
      union all
      select 'view', v.name from feature_view v where ${scope} = 'all' or (${scope} = 'view' and v.name = ${name})
    ) o where o.name >= ${from} order by o.name limit ${limit}`);
  return rows;
}

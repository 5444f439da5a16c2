import { sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import type { Owner } from './owners.ts';

/**
 * Columns that name the entity of a row, in any revision of a model or view: pushed rows and quarantines stay as they
 * came when a definition names another column, or none any more. Of views `keyColumn` alone, where it is given. Empty
 * where no revision ever named one.
 */
export async function keyColumnsEver(
  db: Db,
  { of, name }: Owner,
  keyColumn: string | null = null,
): Promise<readonly string[]> {
  const { rows } = await db.execute<{ name: string }>(
    of === 'model'
      ? sql`select distinct spec -> 'entity' ->> 'column' as name from spec_revision
          where model = ${name} and spec -> 'entity' ->> 'column' is not null order by 1`
      : sql`select distinct e.name from feature_view_revision r,
          jsonb_array_elements_text(r.spec -> 'entity') as e (name)
          where r.view = ${name} and (${keyColumn}::text is null or e.name = ${keyColumn}) order by 1`,
  );
  return rows.map((row) => row.name);
}

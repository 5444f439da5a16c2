import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { PerennialError } from '../../domain/words/errors.ts';
import type { ExcludedEntities } from '../../domain/record/erasure/erasure.ts';
import type { Db } from '../base/connect.ts';

/** Of one owner: each reading holds them in memory. */
const excludedMax = 100_000;

/** From now on readings of sources of this owner leave the entity out. Throws `overloaded` beyond 100,000 of them. */
export async function putExclusion(
  tx: Db,
  { erasureId, owner, entity }: { readonly erasureId: string; readonly owner: string; readonly entity: string },
): Promise<void> {
  const key = await exclusionKey(tx);
  const { rows } = await tx.execute<{ full: boolean }>(sql`
    select count(*) >= ${excludedMax} as full from (select 1 from exclusion where owner = ${owner}
      limit ${excludedMax}) e`);
  if (rows[0]?.full === true)
    throw new PerennialError('overloaded', `${excludedMax} entities are excluded for ${owner} already.`, {
      path: 'entity',
      hint: 'Lift exclusions of entities that no source holds any more: perennial erase lift.',
    });
  await tx.execute(sql`
    insert into exclusion (owner, hash, erasure_id) values (${owner}, ${hashOf(key, entity.trim())}, ${erasureId}::uuid)
    on conflict do nothing`);
}

/** Whom readings for this owner leave out; null where that is nobody. */
export async function excludedOf(
  db: Db,
  owner: string,
): Promise<Pick<ExcludedEntities, 'key' | 'hashes' | 'notIn'> | null> {
  const { rows } = await db.execute<{ hash: string; column: string | null }>(sql`
    select distinct e.hash, a.key_column as column from exclusion e join erasure a on a.erasure_id = e.erasure_id
    where e.owner in (${owner}, '*') limit ${2 * excludedMax}`);
  if (rows.length === 0) return null;
  const hashes = [...new Set(rows.map(({ hash }) => hash))];
  const anywhere = new Set(rows.flatMap(({ hash, column }) => (column === null ? [hash] : [])));
  const columns = [...new Set(rows.flatMap(({ column }) => column ?? []))];
  const beside = columns.length === 0 ? new Map<string, readonly string[]>() : await keysBeside(db, owner, columns);
  const notIn = new Map<string, readonly string[]>();
  for (const { hash, column } of rows) {
    if (column === null || anywhere.has(hash)) continue;
    const others = beside.get(column) ?? [];
    // Erased by each of two columns: looked for in both.
    notIn.set(hash, notIn.get(hash)?.filter((name) => others.includes(name)) ?? others);
  }
  return { key: await exclusionKey(db), hashes, notIn };
}

/** Of key columns of a view: the other keys of revisions that have it. One that was renamed is none of them. */
async function keysBeside(
  db: Db,
  view: string,
  columns: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows } = await db.execute<{ entity: readonly string[] }>(sql`
    select distinct spec -> 'entity' as entity from feature_view_revision where view = ${view}`);
  return new Map(
    columns.map((column) => {
      const others = rows.flatMap(({ entity }) => (entity.includes(column) ? entity : []));
      return [column, [...new Set(others)].filter((name) => name !== column)] as const;
    }),
  );
}

/** Is another once an entity more, or less, is left out for this owner. Law: reads the exclusions of the owner. */
export async function exclusionsMark(db: Db, owner: string): Promise<string> {
  const { rows } = await db.execute<{ mark: string }>(sql`
    select md5(coalesce(string_agg(erasure_id::text, ' ' order by erasure_id), '')) as mark from exclusion
    where owner in (${owner}, '*')`);
  return rows[0]?.mark ?? '';
}

function hashOf(key: string, entity: string): string {
  return createHash('sha256').update(`${key}${entity}`).digest('hex');
}

/** Made by the first who needs it. */
async function exclusionKey(db: Db): Promise<string> {
  await db.execute(sql`insert into exclusion_key (key_id, key) values (1, ${randomBytes(32).toString('hex')})
    on conflict do nothing`);
  const { rows } = await db.execute<{ key: string }>(sql`select key from exclusion_key`);
  return rows[0]?.key ?? '';
}

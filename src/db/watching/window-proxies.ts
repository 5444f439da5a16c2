import { and, asc, eq, lt } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { windowProxy } from '../schema/index.ts';

/** What was said first stands: a window that is judged again says the same. */
export async function putWindowProxies(db: Db, rows: readonly (typeof windowProxy.$inferInsert)[]): Promise<void> {
  if (rows.length > 0)
    await db
      .insert(windowProxy)
      .values([...rows])
      .onConflictDoNothing();
}

/** Means of a proxy in the first windows that a version answered alone, before a window, oldest first. */
export async function earlierProxyMeans(
  db: Db,
  model: string,
  name: string,
  version: number,
  beforeWindow: number,
  windowsMax: number,
): Promise<readonly number[]> {
  const rows = await db
    .select({ mean: windowProxy.mean })
    .from(windowProxy)
    .where(
      and(
        eq(windowProxy.model, model),
        eq(windowProxy.name, name),
        eq(windowProxy.version, version),
        lt(windowProxy.windowNumber, beforeWindow),
      ),
    )
    .orderBy(asc(windowProxy.windowNumber))
    .limit(windowsMax);
  return rows.map(({ mean }) => mean);
}

import { and, desc, eq, sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { keyInt, keyText } from '../../contracts/http/page.ts';
import type { Db } from '../base/connect.ts';
import { decision } from '../schema/index.ts';

/** Where a list of decisions goes on: the key of its last row, `end`, or null for its beginning. */
export const decisionKey = z.union([z.tuple([z.iso.datetime(), keyInt, keyText]), z.literal('end')]).nullable();
type DecisionKey = z.infer<typeof decisionKey>;

/** Decisions of one instant, by window; those before the first window come first. */
const windowOrder = sql`coalesce(${decision.windowNumber}, 0)`;

/** Decisions about a model, latest first. */
export async function decisionsOf(
  db: Db,
  name: string,
  key: DecisionKey,
  until: SQL | undefined,
  limit: number,
): Promise<readonly (typeof decision.$inferSelect)[]> {
  if (key === 'end') return [];
  const after =
    key === null
      ? undefined
      : sql`(${decision.createdAt}, ${windowOrder}, ${decision.key}) < (${key[0]}::timestamptz,
        ${key[1]}::int, ${key[2]})`;
  return db
    .select()
    .from(decision)
    .where(and(eq(decision.model, name), after, until))
    .orderBy(desc(decision.createdAt), desc(windowOrder), desc(decision.key))
    .limit(limit);
}

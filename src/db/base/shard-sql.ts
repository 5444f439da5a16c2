import { sql, type SQL, type SQLWrapper } from 'drizzle-orm';

/**
 * A whole number from 0 for a model's name, the same for ever in one database; its remainder is the model's shard. Not
 * `abs(hashtext(…))`, which fails for the one hash that has no positive counterpart.
 */
export const modelHashSql = (name: string): string => `(hashtext(${name}) & 2147483647)`;

/** True for models of this shard. */
export function isOfShard(model: SQLWrapper, { shard, shards }: { shard: number; shards: number }): SQL {
  return sql`${sql.raw('(hashtext(')}${model}${sql.raw(') & 2147483647)')} % ${shards} = ${shard}`;
}

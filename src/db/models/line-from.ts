import { sql, type SQL } from 'drizzle-orm';

/**
 * `line (digest, parents)`, for a recursive WITH: the snapshots of a query (digest, manifest), and all that they
 * continue.
 * Each parent is asked for by its name: joined by whether it is among the parents, every step would read all snapshots,
 * and a history of a thousand batches a million of them.
 */
export function lineFrom(snapshots: SQL): SQL {
  return sql`line (digest, parents) as (
    select digest, manifest -> 'parents' from (${snapshots}) as first (digest, manifest)
    union
    select parent.digest, parent.parents from line
      cross join lateral jsonb_array_elements_text(coalesce(line.parents, '[]'::jsonb)) as named (digest)
      cross join lateral (
        select s.digest, s.manifest -> 'parents' as parents from snapshot s where s.digest = named.digest limit 1
      ) parent
  )`;
}

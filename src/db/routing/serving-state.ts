import { sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import type { RoutingEntry } from '../../domain/rollout/routing.ts';
import { hasFollowed } from './routing.ts';

/** Who answers for a model by its routing, and how far the processes that serve have followed it. */
export interface ServingState {
  readonly championVersion: number | null;
  /** Inference processes with a live lease. */
  readonly processes: number;
  /** Those of them that have not acknowledged the routing that stands. */
  readonly behind: number;
}

/** As it stands now, in one query: a champion and the acknowledgements of its own revision. */
export async function servingStateOf(db: Db, model: string): Promise<ServingState> {
  const result = await db.execute<{ entry: RoutingEntry | null; processes: number; behind: number }>(sql`
    select r.entry, count(m.process_id)::int as processes,
      count(m.process_id) filter (where (${hasFollowed}) is not true)::int as behind
    from routing r left join serving_member m on m.lease_until > now()
      left join routing_ack a on a.process_id = m.process_id and a.model = r.model
    where r.model = ${model} group by r.model, r.entry, r.revision`);
  const row = result.rows[0];
  return {
    championVersion: row?.entry?.champion?.version ?? null,
    processes: row?.processes ?? 0,
    behind: row?.behind ?? 0,
  };
}

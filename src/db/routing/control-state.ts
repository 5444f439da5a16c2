import { openRolloutStatuses } from '../../domain/rollout/routing.ts';
import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';

/**
 * A short hash over everything about a model that a person decides on: definition, routing, rollout and its step,
 * pause, freeze. It changes with each of them and with no prediction, label or window, so that it can guard a decision
 * while traffic flows. Null when there is no such model.
 */
export async function controlStateOf(db: Db, name: string): Promise<string | null> {
  const result = await db.execute<{ state: string }>(sql`
    select jsonb_build_array(
      m.name, m.spec_revision, m.paused_by, m.paused_reason,
      (select r.revision from routing r where r.model = m.name),
      (select jsonb_agg(jsonb_build_array(o.version, o.attempt, o.status, o.step) order by o.version, o.attempt)
        from rollout o where o.model = m.name and o.status in ${openRolloutStatuses}),
      (select jsonb_agg(jsonb_build_array(f.model, f.kind, f.since) order by f.model) from "freeze" f where f.model
      in (m.name, '*'))
    )::text as state
    from model m where m.name = ${name} and m.spec_revision > 0`);
  const state = result.rows[0]?.state;
  return state === undefined ? null : createHash('sha256').update(state).digest('hex').slice(0, 16);
}

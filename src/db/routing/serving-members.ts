import { sql } from 'drizzle-orm';
import type { RoutingSource } from '../../serving/ports.ts';
import type { Db } from '../base/connect.ts';
import { routingAck, servingMember } from '../schema/index.ts';

const memberForgottenAfter = sql`interval '1 hour'`;

/** Wakes the rollout steps that wait for this; null tells all of them. */
const tellOf = (model: string | null) =>
  sql`select pg_notify('perennial_ack', ${model === null ? '' : JSON.stringify({ model })})`;

/** Which processes serve, and how far each has come with the routing. */
export function createServingMembers(db: Db): Pick<RoutingSource, 'acknowledge' | 'renewMembership' | 'leave'> {
  return {
    async acknowledge(processId, acks) {
      if (acks.length === 0) return;
      const rows = acks.map(({ model, revision, digest = null }) => ({
        processId,
        model,
        revision,
        digest,
        ackedAt: new Date(),
      }));
      await db
        .insert(routingAck)
        .values(rows)
        .onConflictDoUpdate({
          target: [routingAck.processId, routingAck.model],
          set: { revision: sql`excluded.revision`, digest: sql`excluded.digest`, ackedAt: sql`excluded.acked_at` },
        });
      await db.execute(tellOf(acks.length === 1 ? (acks[0]?.model ?? null) : null));
    },
    async renewMembership(processId, leaseMs) {
      const leaseUntil = sql`now() + make_interval(secs => ${leaseMs / 1_000})`;
      await db
        .insert(servingMember)
        .values({ processId, leaseUntil })
        .onConflictDoUpdate({ target: servingMember.processId, set: { leaseUntil } });
    },
    async leave(processId) {
      // In one statement: a rollout step waits until it is done.
      await db.execute(sql`
        with gone as (
          delete from ${servingMember}
          where process_id = ${processId} or lease_until < now() - ${memberForgottenAfter}
          returning process_id
        )
        delete from ${routingAck} where process_id in (select process_id from gone)`);
      await db.execute(tellOf(null));
    },
  };
}

import { inArray, sql } from 'drizzle-orm';
import type { RoutingSource } from '../../serving/ports.ts';
import type { Db } from '../base/connect.ts';
import { routingAck, servingMember } from '../schema/index.ts';

const memberForgottenAfter = sql`interval '1 hour'`;

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
    },
    async renewMembership(processId, leaseMs) {
      const leaseUntil = sql`now() + make_interval(secs => ${leaseMs / 1_000})`;
      await db
        .insert(servingMember)
        .values({ processId, leaseUntil })
        .onConflictDoUpdate({ target: servingMember.processId, set: { leaseUntil } });
    },
    async leave(processId) {
      await db.transaction(async (tx) => {
        const gone = tx
          .delete(servingMember)
          .where(
            sql`${servingMember.processId} = ${processId} or ${servingMember.leaseUntil} < now() -
              ${memberForgottenAfter}`,
          )
          .returning({ id: servingMember.processId });
        const ids = (await gone).map((row) => row.id);
        if (ids.length > 0) await tx.delete(routingAck).where(inArray(routingAck.processId, ids));
      });
    },
  };
}

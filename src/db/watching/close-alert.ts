import { and, eq, isNull } from 'drizzle-orm';
import type { AlertRow } from './alerts.ts';
import type { Db } from '../base/connect.ts';
import { alert } from '../schema/index.ts';

export async function findAlert(db: Db, alertId: number): Promise<AlertRow | null> {
  const [row] = await db.select().from(alert).where(eq(alert.alertId, alertId));
  return row ?? null;
}

/** A person has seen it. Null when it was closed before, by whomever. */
export async function closeAlertByHand(tx: Db, alertId: number, by: string, reason: string): Promise<AlertRow | null> {
  const [row] = await tx
    .update(alert)
    .set({ closedAt: new Date(), closedBy: by, closedReason: reason })
    .where(and(eq(alert.alertId, alertId), isNull(alert.closedAt)))
    .returning();
  return row ?? null;
}

import { and, sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { rollout } from '../schema/index.ts';
import { auditRollout, byKey, type RolloutRow } from './rollouts.ts';

/** Told once for each freeze window that a rollout waits for. */
export async function noteWindow(
  tx: Db,
  row: Pick<RolloutRow, 'model' | 'version' | 'attempt'>,
  { reason, untilMs }: { readonly reason: string; readonly untilMs: number },
): Promise<void> {
  const key = { model: row.model, version: row.version, attempt: row.attempt };
  const until = new Date(untilMs);
  const noted = await tx
    .update(rollout)
    .set({ frozenUntil: until })
    .where(and(byKey(key), sql`${rollout.frozenUntil} is distinct from ${until.toISOString()}::timestamptz`))
    .returning({ version: rollout.version });
  if (noted.length === 0) return;
  await auditRollout(tx, key, {
    type: 'perennial.rollout.frozen',
    reason: `waits for the end of ${reason}`,
    data: { until: until.toISOString() },
  });
}

import { eq } from 'drizzle-orm';
import { isCron } from '../../domain/spec/parts/retrain-spec.ts';
import { isCheapToName, isFreshnessDeclared } from '../../domain/spec/source-spec.ts';
import { isTrainable } from '../../domain/spec/trainer-spec.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import type { Db } from '../base/connect.ts';
import { snapshotSubscription, triggerLook } from '../schema/index.ts';
import { dueNow } from '../base/due-now.ts';

/**
 * Says, with a definition, what is looked at of its model besides its windows: both at once, since the calendar or the
 * source may be new. What an earlier source held says nothing about this one.
 */
export async function planTriggerLooks(tx: Db, { name, retrain, source, trainer }: ModelSpec): Promise<void> {
  const hasCron = isCron(retrain.schedule);
  const hasSource =
    isTrainable(trainer) && (retrain.onSourceChange === true || isCheapToName(source) || isFreshnessDeclared(source));
  const hasSubscription = (await tx.$count(snapshotSubscription, eq(snapshotSubscription.model, name))) > 0;
  if (!hasCron && !hasSource && !hasSubscription) {
    await tx.delete(triggerLook).where(eq(triggerLook.model, name));
    return;
  }
  const fresh = {
    decideAt: hasCron || hasSubscription ? dueNow : null,
    lookAt: hasSource ? dueNow : null,
    sourceDigest: null,
    readAt: null,
    changedAt: null,
    failures: 0,
    problem: null,
    lagUnread: null,
    lagUnit: null,
    isLagAtLeast: false,
    heldBy: null,
  };
  await tx
    .insert(triggerLook)
    .values({ model: name, ...fresh })
    .onConflictDoUpdate({ target: triggerLook.model, set: fresh });
}

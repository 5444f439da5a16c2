import { patched } from '@temporalio/workflow';
import { workflowIds } from '../../../src/domain/words/ids.ts';
import { championChangedSignal } from '../../base/messages.ts';
import { light } from '../../base/proxies.ts';
import { signalIfRunning } from '../../base/report.ts';
import { startGuard } from '../start/guard.ts';
import type { Entity, RollbackTask } from '../state.ts';

/** Moves the champion; a rollout that it ended is told, and whom a person has put in charge is guarded. */
export async function rollBack(entity: Entity, { message, toVersion, onlyFrom }: RollbackTask): Promise<void> {
  const { model } = entity;
  const { commandId, reason } = message;
  const target = await light('which version to go back to').resolveRollback({ model, toVersion, commandId });
  if (target === null) return;
  const moved = await light(`champion back to v${target.version}`).moveChampion({
    model,
    version: target.version,
    actor: message.actor,
    why: reason,
    commandId,
    onlyFrom,
  });
  if (moved.endedRollout !== null) {
    const { version, attempt } = moved.endedRollout;
    await signalIfRunning(workflowIds.rollout(model, version, attempt), championChangedSignal);
  }
  const { revision = null } = moved;
  // A guard that went back has just compared the two.
  if (revision !== null && onlyFrom === null && patched('guard-after-move'))
    await startGuard(entity, { version: target.version, moved: revision });
}

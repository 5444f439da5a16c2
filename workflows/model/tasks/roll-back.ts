import { workflowIds } from '../../../src/domain/words/ids.ts';
import { championChangedSignal } from '../../base/messages.ts';
import { light } from '../../base/proxies.ts';
import { signalIfRunning } from '../../base/report.ts';
import type { Entity, RollbackTask } from '../state.ts';

/** Moves the champion back; a rollout that it ended is told. */
export async function rollBack({ model }: Entity, { message, toVersion, onlyFrom }: RollbackTask): Promise<void> {
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
  if (moved.endedRollout === null) return;
  const { version, attempt } = moved.endedRollout;
  await signalIfRunning(workflowIds.rollout(model, version, attempt), championChangedSignal);
}

import { light } from '../../base/proxies.ts';
import { decideApplied } from '../queue.ts';
import { startGuard } from '../start/guard.ts';
import { startRollout } from '../start/rollout.ts';
import type { Entity, OutcomeTask } from '../state.ts';

/** Acts once upon what became of a run: a version is rolled out, a promoted one is guarded. */
export async function settle(entity: Entity, { runId }: OutcomeTask): Promise<void> {
  if (!entity.awaited.has(runId)) return;
  const outcome = await light(`outcome of ${runId}`).readOutcome({ model: entity.model, runId });
  if (outcome.state === 'running') return;
  entity.awaited.delete(runId);
  if (outcome.state === 'version-ready') await startRollout(entity, outcome, runId);
  if (outcome.state === 'promoted') await startGuard(entity, outcome.rollout);
  if (entity.changedSpec !== null) {
    entity.queue.push(decideApplied(entity.changedSpec, runId));
    entity.changedSpec = null;
  }
}

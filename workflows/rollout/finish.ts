import { CancellationScope, isCancellation, patched } from '@temporalio/workflow';
import type { StepOutcome } from '../../src/domain/record/runs.ts';
import { light } from '../base/proxies.ts';
import { showFacets } from '../base/search-attributes.ts';
import type { RolloutState } from './state.ts';
import { waitOut } from './steps/wait-out.ts';
import { tell } from './tell.ts';
import { cut } from '../../src/domain/words/cut.ts';
import { charsMax } from '../../src/domain/words/limits.ts';

/** Promotes the challenger or takes it out, as the outcome says; true when it is champion now. */
export async function finish(state: RolloutState, outcome: StepOutcome): Promise<boolean> {
  const { key } = state.input;
  if (outcome.outcome === 'promote') {
    const { reason, evidenceId, commandId = null } = outcome;
    const done = await light(`promote v${key.version}`).promote({
      key,
      actor: 'rollout',
      reason,
      evidenceId,
      commandId,
    });
    if (done.waits !== undefined && patched('promotion-waits')) {
      const said = await waitOut(state, 'promotion', done.waits);
      return finish(state, said ?? outcome);
    }
    const verdict = done.promoted ? 'promoted' : 'superseded';
    showFacets({ stage: 'done', verdict });
    tell(state, verdict, reason);
    return done.promoted;
  }
  const stop = outcome.outcome === 'stop' ? outcome : null;
  const reason = 'reason' in outcome ? outcome.reason : 'ended';
  await light(`take v${key.version} out`).withdraw({
    key,
    actor: stop?.by ?? (outcome.outcome === 'gone' ? 'model' : 'rollout'),
    reason,
    evidenceId: stop?.evidenceId ?? null,
    ...(stop?.commandId === undefined ? {} : { commandId: stop.commandId }),
  });
  showFacets({ stage: 'done', verdict: 'rolled-back' });
  tell(state, 'rolled back', reason);
  return false;
}

/** Compensation: whatever happened, and even when it was cancelled, no challenger stays behind. */
export function takeOut({ input }: RolloutState, error: unknown): Promise<void> {
  return CancellationScope.nonCancellable(async () => {
    const reason = isCancellation(error)
      ? 'cancelled through Temporal'
      : `the rollout failed: ${error instanceof Error ? error.message : String(error)}`;
    await light('take the challenger out').withdraw({
      key: input.key,
      actor: 'rollout',
      reason: cut(reason, charsMax.failure),
      evidenceId: null,
    });
  });
}

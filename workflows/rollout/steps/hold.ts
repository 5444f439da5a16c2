import { CancellationScope, condition, patched } from '@temporalio/workflow';
import type { StepOutcome } from '../../../src/domain/record/runs.ts';
import { light, waiting } from '../../base/proxies.ts';
import { showFacets } from '../../base/search-attributes.ts';
import { isSpokenTo, type RolloutState } from '../state.ts';
import { tell } from '../tell.ts';
import { hear } from './hear.ts';

/**
 * Waits for a person; the lease is renewed meanwhile, and the challenger looked at. Harm ends the hold; after
 * `holdMsMax` the slot is freed.
 */
export async function hold(state: RolloutState, reason: string, evidenceId: number | null): Promise<StepOutcome> {
  const { key, holdMsMax } = state.input;
  showFacets({ stage: 'held', needsApproval: true });
  tell(state, '**waits for a person**', reason);
  await light('held for a person').holdRollout({ key, reason, evidenceId });
  const isHeard = patched('hold-is-watched');
  const scope = new CancellationScope();
  let ended: StepOutcome | null = null;
  const renewing = scope.run(async () => {
    while (ended === null) {
      const outcome = await waiting('renew the lease').keepLease({ key, ...(isHeard ? { isHeard } : {}) });
      if (isHeard && outcome.outcome !== 'still') ended = outcome;
    }
  });
  renewing.catch(() => undefined);
  let said: StepOutcome | null = null;
  while (
    said === null &&
    ended === null &&
    (await condition(() => isSpokenTo(state) || ended !== null, holdMsMax, {
      summary: 'waits for a person; then it is rolled back',
    }))
  )
    said = ended ?? (await hear(state));
  scope.cancel();
  showFacets({ needsApproval: false });
  return said ?? { outcome: 'stop', reason: `nobody answered the hold (${reason}) in time`, evidenceId };
}

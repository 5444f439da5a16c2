import { CancellationScope, condition } from '@temporalio/workflow';
import type { StepOutcome } from '../../../src/domain/record/runs.ts';
import { light, waiting } from '../../base/proxies.ts';
import { showFacets } from '../../base/search-attributes.ts';
import { isSpokenTo, type RolloutState } from '../state.ts';
import { tell } from '../tell.ts';
import { hear } from './hear.ts';

/** Waits for a person; the lease is renewed meanwhile, and after `holdMsMax` the slot is freed. */
export async function hold(state: RolloutState, reason: string, evidenceId: number | null): Promise<StepOutcome> {
  const { key, holdMsMax } = state.input;
  showFacets({ stage: 'held', needsApproval: true });
  tell(state, '**waits for a person**', reason);
  await light('held for a person').holdRollout({ key, reason, evidenceId });
  const scope = new CancellationScope();
  const renewing = scope.run(async () => {
    for (;;) await waiting('renew the lease').keepLease({ key });
  });
  renewing.catch(() => undefined);
  let said: StepOutcome | null = null;
  while (
    said === null &&
    (await condition(() => isSpokenTo(state), holdMsMax, { summary: 'waits for a person; then it is rolled back' }))
  )
    said = await hear(state);
  scope.cancel();
  showFacets({ needsApproval: false });
  return said ?? { outcome: 'stop', reason: `nobody answered the hold (${reason}) in time`, evidenceId };
}

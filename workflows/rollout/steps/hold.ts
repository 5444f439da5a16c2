import { CancellationScope, condition, patched } from '@temporalio/workflow';
import type { RolloutInput, StepOutcome } from '../../../src/domain/record/runs.ts';
import { light, waiting } from '../../base/proxies.ts';
import { isTimeToContinue, showFacets } from '../../base/search-attributes.ts';
import { isSpokenTo, type RolloutState } from '../state.ts';
import { tell } from '../tell.ts';
import { goOnFrom, goOnHeld } from './go-on.ts';
import { hear } from './hear.ts';

/**
 * Waits for a person; the lease is renewed meanwhile, and the challenger looked at. Harm ends the hold; after
 * `holdMsMax` the slot is freed, or the plan says that it stays held and is asked for again. `step` is the one that
 * people are asked for; null for the promotion.
 */
export async function hold(
  state: RolloutState,
  reason: string,
  evidenceId: number | null,
  step: number | null = null,
): Promise<StepOutcome> {
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
  const stays = state.input.atHoldDeadline === 'stay' && patched('hold-stays');
  while (said === null && ended === null) {
    if (
      await condition(() => isSpokenTo(state) || ended !== null, holdMsMax, {
        summary: `waits for a person; then ${stays ? 'it is asked for again' : 'it is rolled back'}`,
      })
    )
      said = ended ?? (await hear(state));
    else if (stays) await askAgain(state, { reason, evidenceId }, step);
    else break;
  }
  scope.cancel();
  showFacets({ needsApproval: false });
  return said ?? { outcome: 'stop', reason: `nobody answered the hold (${reason}) in time`, evidenceId };
}

/** Rings once more, and goes on as a new run when the history has become long: such a hold may last for years. */
async function askAgain(
  state: RolloutState,
  held: NonNullable<RolloutInput['held']>,
  step: number | null,
): Promise<void> {
  const reason = `${held.reason} Nobody has answered it by its deadline, so it stays held.`;
  await light('held for a person still').holdRollout({ key: state.input.key, ...held, reason, isAgain: true });
  if (isTimeToContinue()) await (step === null ? goOnHeld(state, held) : goOnFrom(state, step));
}

import { CancellationScope, condition } from '@temporalio/workflow';
import type { StepOutcome } from '../../../src/domain/record/runs.ts';
import type { StepOutcomeSaid } from '../../../src/domain/record/user-steps/messages.ts';
import { sayStep } from '../../../src/domain/record/user-steps/say-step.ts';
import { waiting } from '../../base/proxies.ts';
import { showFacets } from '../../base/search-attributes.ts';
import { askUserSteps } from '../../base/user-steps.ts';
import { isSpokenTo, type RolloutState } from '../state.ts';
import { tell } from '../tell.ts';
import { hear } from './hear.ts';
import { hold } from './hold.ts';

/**
 * Asks the user steps that stand before a promotion. The word of a person promotes without them, also while they
 * are asked. Meanwhile the challenger keeps its share and is looked at for harm, which ends the
 * rollout as it does in a hold.
 */
export async function beforePromotion(state: RolloutState, outcome: StepOutcome): Promise<StepOutcome> {
  const { input } = state;
  if (outcome.outcome !== 'promote' || outcome.commandId !== undefined) return outcome;
  if (input.userSteps?.includes('beforePromotion') !== true) return outcome;
  showFacets({ stage: 'before promotion' });
  const scope = new CancellationScope();
  try {
    const { model } = input.key;
    const asking = scope.run(() =>
      askUserSteps({ point: 'beforePromotion', model, runId: input.runId, rollout: input.key }, (text) =>
        tell(state, 'before promotion', text),
      ),
    );
    const harm = scope.run(() => untilHarm(state));
    // What is given up is of no interest any more.
    asking.catch(() => undefined);
    harm.catch(() => undefined);
    for (;;) {
      const first = await Promise.race([asking, harm, condition(() => isSpokenTo(state)).then(() => null)]);
      if (first === null) {
        const said = await hear(state);
        if (said !== null) return said;
      } else if (!isAnswers(first)) return first;
      else {
        scope.cancel();
        return await afterAnswers(state, outcome, first);
      }
    }
  } finally {
    scope.cancel();
  }
}

/** Renews the lease, and ends when the rollout must. */
async function untilHarm({ input }: RolloutState): Promise<StepOutcome> {
  for (;;) {
    const found = await waiting('renew the lease').keepLease({ key: input.key, isHeard: true });
    if (found.outcome !== 'still') return found;
  }
}

async function afterAnswers(
  state: RolloutState,
  outcome: StepOutcome,
  answers: readonly StepOutcomeSaid[],
): Promise<StepOutcome> {
  const failed = answers.find(({ verdict, onFailure }) => verdict !== 'pass' && onFailure !== 'continue');
  if (failed === undefined) return outcome;
  const reason = `${sayStep('beforePromotion', failed).replace(/[.\s]*$/, '')}.`;
  return failed.onFailure === 'ask'
    ? hold(state, reason, failed.evidenceId)
    : { outcome: 'stop', reason, evidenceId: failed.evidenceId };
}

function isAnswers(found: StepOutcome | readonly StepOutcomeSaid[]): found is readonly StepOutcomeSaid[] {
  return Array.isArray(found);
}

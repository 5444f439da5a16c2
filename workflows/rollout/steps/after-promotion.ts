import { log } from '@temporalio/workflow';
import { isFinalFailure, rootOf } from '../../base/failures.ts';
import { showFacets } from '../../base/search-attributes.ts';
import { askUserSteps } from '../../base/user-steps.ts';
import type { RolloutState } from '../state.ts';
import { tell } from '../tell.ts';

/** Asks the user steps that stand after a promotion: they undo nothing, and each that fails rings. */
export async function afterPromotion(state: RolloutState): Promise<void> {
  const { key, runId, userSteps } = state.input;
  if (userSteps?.includes('afterPromotion') !== true) return;
  try {
    await askUserSteps({ point: 'afterPromotion', model: key.model, runId, rollout: key }, (text) =>
      tell(state, 'promoted', text),
    );
  } catch (error) {
    if (!isFinalFailure(error)) throw error;
    log.error('the steps after a promotion could not be asked', { reason: rootOf(error) });
  }
  showFacets({ stage: 'done' });
  tell(state, 'promoted', 'and its steps after promotion were asked');
}

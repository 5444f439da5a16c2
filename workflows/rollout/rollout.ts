import { ContinueAsNew } from '@temporalio/workflow';
import type { RolloutInput } from '../../src/domain/record/runs.ts';
import { reportEnd } from '../base/report.ts';
import { showFacets } from '../base/search-attributes.ts';
import { finish, takeOut } from './finish.ts';
import { handleAbort } from './handlers/abort.ts';
import { handleApprove } from './handlers/approve.ts';
import { handleChampionChanged } from './handlers/champion-changed.ts';
import { rolloutState } from './state.ts';
import { afterPromotion } from './steps/after-promotion.ts';
import { beforePromotion } from './steps/before-promotion.ts';
import { runSteps } from './steps/run.ts';

/**
 * Moves a model from one champion to another: shadow, canary steps, paired evidence; it ends promoted or rolled back.
 * Whatever happens to it, the challenger is taken out before it ends.
 */
export async function rollout(input: RolloutInput): Promise<void> {
  const { model, version } = input.key;
  const state = rolloutState(input);
  // In this order and before anything is awaited: what came before the first task is handed over as they are set.
  handleApprove(state);
  handleAbort(state);
  handleChampionChanged(state);
  showFacets({ model, version, stage: 'rollout', needsApproval: false });
  let isPromoted = false;
  try {
    isPromoted = await finish(state, await beforePromotion(state, await runSteps(state)));
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error;
    await takeOut(state, error);
    await reportEnd({ model, runId: input.runId });
    throw error;
  }
  await reportEnd({ model, runId: input.runId });
  // The promotion is done and known: whatever becomes of these, it stands.
  if (isPromoted) await afterPromotion(state);
}

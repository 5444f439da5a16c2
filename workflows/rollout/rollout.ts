import { ContinueAsNew } from '@temporalio/workflow';
import type { RolloutInput } from '../../src/domain/record/runs.ts';
import { reportEnd } from '../base/report.ts';
import { showFacets } from '../base/search-attributes.ts';
import { finish, takeOut } from './finish.ts';
import { handleAbort } from './handlers/abort.ts';
import { handleApprove } from './handlers/approve.ts';
import { handleChampionChanged } from './handlers/champion-changed.ts';
import { rolloutState } from './state.ts';
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
  try {
    await finish(state, await runSteps(state));
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error;
    await takeOut(state, error);
    await reportEnd({ model, runId: input.runId });
    throw error;
  }
  await reportEnd({ model, runId: input.runId });
}

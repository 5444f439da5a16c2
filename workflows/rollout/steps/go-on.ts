import { allHandlersFinished, condition, continueAsNew } from '@temporalio/workflow';
import type { RolloutInput } from '../../../src/domain/record/runs.ts';
import { isSpokenTo, type RolloutState } from '../state.ts';

/**
 * Goes on as a new run at this step, so that the history stays short: every step is idempotent by its number. Returns
 * only when an order has come meanwhile, which is heard first.
 */
export async function goOnFrom(state: RolloutState, step: number): Promise<void> {
  await condition(allHandlersFinished);
  if (!isSpokenTo(state))
    await continueAsNew<(input: RolloutInput) => Promise<void>>({ ...state.input, fromStep: step });
}

/** The same for one that is held, which goes on being held. */
export async function goOnHeld(state: RolloutState, held: NonNullable<RolloutInput['held']>): Promise<void> {
  await condition(allHandlersFinished);
  if (!isSpokenTo(state)) await continueAsNew<(input: RolloutInput) => Promise<void>>({ ...state.input, held });
}

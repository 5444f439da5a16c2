import type { StepOutcome } from '../../../src/domain/record/runs.ts';
import { light } from '../../base/proxies.ts';
import type { RolloutState } from '../state.ts';

/** What was said, if anything: an approval counts only with an authorised command row behind it. */
export async function hear(state: RolloutState): Promise<StepOutcome | null> {
  const said = state.order;
  if (said === null) return null;
  if (said.say === 'gone') return { outcome: 'gone', reason: said.reason };
  // Who it was and why is looked up where it is written: here it is only what came with the word.
  if (said.say === 'abort')
    return { outcome: 'stop', reason: said.reason, evidenceId: null, by: said.actor, commandId: said.commandId };
  const isAuthorised = await light('is the approval authorised?').verifyCommand({
    model: state.input.key.model,
    kind: 'approve',
    commandId: said.commandId,
    rollout: state.input.key,
  });
  if (isAuthorised && said.commandId !== null)
    return { outcome: 'promote', reason: said.reason, evidenceId: null, commandId: said.commandId };
  // Unless something else was said while it was being checked.
  if (state.order === said) state.order = null;
  return null;
}

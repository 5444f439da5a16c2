import { condition, patched } from '@temporalio/workflow';
import type { StepOutcome } from '../../../src/domain/record/runs.ts';
import { watching } from '../../base/proxies.ts';
import { isTimeToContinue, showFacets } from '../../base/search-attributes.ts';
import { isSpokenTo, type RolloutState } from '../state.ts';
import { tell } from '../tell.ts';
import { goOnFrom } from './go-on.ts';
import { hear } from './hear.ts';
import { hold } from './hold.ts';
import { stay } from './stay.ts';
import { waitOut } from './wait-out.ts';

/** A step begins when every live process has acknowledged its routing revision. */
export async function walk(state: RolloutState, step: number): Promise<StepOutcome> {
  const { key, steps } = state.input;
  const plan = steps[step];
  const name = plan?.name ?? `step ${step}`;
  tell(state, name, `until ${plan?.extentText ?? 'its end'}`);
  showFacets({ stage: name });
  for (;;) {
    const begun = await watching(`${name}: acknowledged by every process?`).beginStep({ key, step });
    if (begun.outcome === 'begun') return stay(state, step, name);
    if (begun.outcome === 'gone') return { outcome: 'gone', reason: begun.reason };
    if (begun.needsApproval === true && patched('step-approval')) {
      const answer = await askFor(state, { step, name, reason: begun.reason });
      if (answer !== null) return answer;
      continue;
    }
    const said =
      begun.untilMs !== undefined && patched('freeze-windows')
        ? await waitOut(state, name, { reason: begun.reason, untilMs: begun.untilMs })
        : await tryAgain(state, name, begun.reason);
    if (said !== null) return said;
    // A freeze, or a fleet that is away, may hold an advance for weeks.
    if (isTimeToContinue() && !isSpokenTo(state)) await goOnFrom(state, step);
  }
}

/** Null where people have approved the step: it is begun then. */
async function askFor(
  state: RolloutState,
  { step, name, reason }: { readonly step: number; readonly name: string; readonly reason: string },
): Promise<StepOutcome | null> {
  state.asked = name;
  const answer = await hold(state, reason, null, step);
  state.asked = null;
  if (answer.outcome !== 'promote') return answer;
  // Unless something else was said since.
  if (state.order?.commandId === answer.commandId) state.order = null;
  tell(state, name, 'approved');
  showFacets({ stage: name });
  return null;
}

async function tryAgain(state: RolloutState, name: string, reason: string): Promise<StepOutcome | null> {
  tell(state, name, `held: ${reason}`);
  const { ackTimeoutMs } = state.input;
  await condition(() => isSpokenTo(state), ackTimeoutMs, { summary: `${name} is held; then it is tried again` });
  return hear(state);
}

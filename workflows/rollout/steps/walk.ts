import { condition } from '@temporalio/workflow';
import type { StepOutcome } from '../../../src/domain/record/runs.ts';
import { watching } from '../../base/proxies.ts';
import { isTimeToContinue, showFacets } from '../../base/search-attributes.ts';
import { isSpokenTo, type RolloutState } from '../state.ts';
import { tell } from '../tell.ts';
import { goOnFrom } from './go-on.ts';
import { hear } from './hear.ts';
import { stay } from './stay.ts';

/** A step begins when every live process has acknowledged its routing revision. */
export async function walk(state: RolloutState, step: number): Promise<StepOutcome> {
  const { key, steps, ackTimeoutMs } = state.input;
  const plan = steps[step];
  const name = plan?.name ?? `step ${step}`;
  tell(state, name, `until ${plan?.extentText ?? 'its end'}`);
  showFacets({ stage: name });
  for (;;) {
    const begun = await watching(`${name}: acknowledged by every process?`).beginStep({ key, step });
    if (begun.outcome === 'begun') return stay(state, step, name);
    if (begun.outcome === 'gone') return { outcome: 'gone', reason: begun.reason };
    tell(state, name, `held: ${begun.reason}`);
    await condition(() => isSpokenTo(state), ackTimeoutMs, { summary: `${name} is held; then it is tried again` });
    const said = await hear(state);
    if (said !== null) return said;
    // A freeze, or a fleet that is away, may hold an advance for weeks.
    if (isTimeToContinue() && !isSpokenTo(state)) await goOnFrom(state, step);
  }
}

import { CancellationScope, condition } from '@temporalio/workflow';
import type { StepOutcome } from '../../../src/domain/record/runs.ts';
import { watching } from '../../base/proxies.ts';
import { isTimeToContinue } from '../../base/search-attributes.ts';
import { isSpokenTo, type RolloutState } from '../state.ts';
import { goOnFrom } from './go-on.ts';
import { hear } from './hear.ts';

/** Stays with a step until its exposure is used up, it is stopped, or a person speaks. */
export async function stay(state: RolloutState, step: number, name: string): Promise<StepOutcome> {
  for (;;) {
    const said = await hear(state);
    if (said !== null) return said;
    if (isTimeToContinue()) {
      await goOnFrom(state, step);
      continue;
    }
    const scope = new CancellationScope();
    const looking = scope.run(() => watching(`${name}: look`).watchStep({ key: state.input.key, step }));
    const result = await Promise.race([
      looking,
      condition(() => isSpokenTo(state)).then((): StepOutcome => ({ outcome: 'still' })),
    ]);
    if (result.outcome !== 'still') return result;
    scope.cancel();
    looking.catch(() => undefined);
  }
}

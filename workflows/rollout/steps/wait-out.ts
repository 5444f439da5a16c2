import { CancellationScope, condition } from '@temporalio/workflow';
import type { StepOutcome } from '../../../src/domain/record/runs.ts';
import { waiting } from '../../base/proxies.ts';
import { isSpokenTo, type RolloutState } from '../state.ts';
import { tell } from '../tell.ts';
import { hear } from './hear.ts';

export interface FreezeWindowAhead {
  readonly reason: string;
  readonly untilMs: number;
}

/**
 * Waits for the end of a freeze window, at most an hour at a time: whoever asked asks again. The challenger goes on
 * answering its share and is looked at meanwhile. Null where nothing has happened.
 */
export async function waitOut(
  state: RolloutState,
  name: string,
  { reason, untilMs }: FreezeWindowAhead,
): Promise<StepOutcome | null> {
  tell(state, name, `waits for the end of ${reason}`);
  const scope = new CancellationScope();
  const staying = scope.run(() =>
    waiting(`${name}: ${reason}`).keepLease({ key: state.input.key, isHeard: true, untilMs }),
  );
  const result = await Promise.race([
    staying,
    condition(() => isSpokenTo(state)).then((): StepOutcome => ({ outcome: 'still' })),
  ]);
  if (result.outcome !== 'still') return result;
  scope.cancel();
  staying.catch(() => undefined);
  return hear(state);
}

import { setHandler } from '@temporalio/workflow';
import { championChangedSignal } from '../../base/messages.ts';
import type { RolloutState } from '../state.ts';

export function handleChampionChanged(state: RolloutState): void {
  setHandler(
    championChangedSignal,
    () => {
      state.order = { say: 'gone', commandId: null, actor: 'model', reason: 'the champion was moved by a person' };
    },
    { description: 'Sent by the platform: the champion was moved by a person, so this rollout ends.' },
  );
}

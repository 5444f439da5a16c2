import { setHandler } from '@temporalio/workflow';
import { abortUpdate } from '../../base/messages.ts';
import type { RolloutState } from '../state.ts';

export function handleAbort(state: RolloutState): void {
  setHandler(
    abortUpdate,
    (message) => {
      const { commandId, reason } = message;
      state.order = { say: 'abort', commandId, actor: message.actor, reason };
      return { accepted: true, text: `v${state.input.key.version} is being taken out` };
    },
    { description: 'Take the challenger out: {"commandId":null,"actor":"you","reason":"why"}.' },
  );
}

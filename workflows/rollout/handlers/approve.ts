import { setHandler } from '@temporalio/workflow';
import { refuseUnauthenticated } from '../../base/authority.ts';
import { approveUpdate } from '../../base/messages.ts';
import type { RolloutState } from '../state.ts';

export function handleApprove(state: RolloutState): void {
  setHandler(
    approveUpdate,
    ({ commandId, actor, reason }) => {
      // Over an earlier approval too: that one may be without a row behind it, and is being checked right now.
      if (state.order === null || state.order.say === 'approve')
        state.order = { say: 'approve', commandId, actor, reason };
      const { version } = state.input.key;
      const text = state.asked === null ? `v${version} is being promoted` : `${state.asked} of v${version} begins`;
      return { accepted: true, text };
    },
    {
      validator: refuseUnauthenticated,
      description: 'Promote now. Needs an authorised command: use `perennial approve`.',
    },
  );
}

import { setHandler } from '@temporalio/workflow';
import { refuseUnauthenticated } from '../../base/authority.ts';
import { retrainUpdate } from '../../base/messages.ts';
import { decideRequested, enqueue, refuseWhenFull } from '../queue.ts';
import type { Entity } from '../state.ts';

export function handleRetrain(entity: Entity): void {
  setHandler(
    retrainUpdate,
    ({ commandId, actor, reason, rollout }) => {
      const person = { commandId: commandId ?? '', by: actor, reason, rollout };
      return enqueue(entity, decideRequested(person), 'the request to retrain is being decided');
    },
    {
      validator: (message) => {
        refuseUnauthenticated(message);
        refuseWhenFull(entity);
      },
      description: 'Retrain now. Needs an authorised command: use `perennial retrain`.',
    },
  );
}

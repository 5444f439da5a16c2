import { setHandler } from '@temporalio/workflow';
import { refuseUnauthenticated } from '../../base/authority.ts';
import { resumeUpdate } from '../../base/messages.ts';
import { enqueue, refuseWhenFull } from '../queue.ts';
import type { Entity } from '../state.ts';

export function handleResume(entity: Entity): void {
  setHandler(
    resumeUpdate,
    (message) => {
      entity.pausedBy = null;
      return enqueue(entity, { task: 'resume', message }, 'resumed');
    },
    {
      validator: (message) => {
        refuseUnauthenticated(message);
        refuseWhenFull(entity);
      },
      description: 'Resume automatic trainings. Needs an authorised command: use `perennial resume`.',
    },
  );
}

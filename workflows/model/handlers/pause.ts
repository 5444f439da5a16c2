import { setHandler } from '@temporalio/workflow';
import { pauseUpdate } from '../../base/messages.ts';
import { enqueue, refuseWhenFull } from '../queue.ts';
import type { Entity } from '../state.ts';

export function handlePause(entity: Entity): void {
  setHandler(
    pauseUpdate,
    (message) => {
      entity.pausedBy = message.actor;
      return enqueue(entity, { task: 'pause', message }, 'paused: no automatic training starts');
    },
    {
      validator: (_message) => refuseWhenFull(entity),
      description: 'Stop automatic trainings: {"commandId":null,"actor":"you","reason":"why"}.',
    },
  );
}

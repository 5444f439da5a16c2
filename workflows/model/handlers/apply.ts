import { setHandler } from '@temporalio/workflow';
import { refuseUnauthenticated } from '../../base/authority.ts';
import { applyUpdate } from '../../base/messages.ts';
import { decideApplied, enqueue, refuseWhenFull } from '../queue.ts';
import type { Entity } from '../state.ts';

export function handleApply(entity: Entity): void {
  setHandler(
    applyUpdate,
    ({ specRevision, commandId }) =>
      enqueue(entity, { ...decideApplied(specRevision), commandId }, `revision ${specRevision} received`),
    {
      validator: (message) => {
        refuseUnauthenticated(message);
        refuseWhenFull(entity);
      },
      description: 'A new spec revision was stored (sent by `perennial apply`).',
    },
  );
}

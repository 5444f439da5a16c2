import { setHandler } from '@temporalio/workflow';
import { rollbackUpdate } from '../../base/messages.ts';
import { enqueue, refuseWhenFull } from '../queue.ts';
import type { Entity } from '../state.ts';

export function handleRollback(entity: Entity): void {
  setHandler(
    rollbackUpdate,
    (message) =>
      enqueue(
        entity,
        { task: 'rollback', message, toVersion: message.toVersion, onlyFrom: null },
        'the champion is being moved back',
      ),
    {
      validator: (_message) => refuseWhenFull(entity),
      description:
        'Move the champion back: {"commandId":null,"actor":"you","reason":"why","toVersion":null}. ' +
        'Null means the one before.',
    },
  );
}

import { setHandler } from '@temporalio/workflow';
import { guardAsksSignal } from '../../base/messages.ts';
import { offer } from '../queue.ts';
import type { Entity } from '../state.ts';

export function handleGuardAsks(entity: Entity): void {
  setHandler(
    guardAsksSignal,
    ({ version, predecessor, reason }) =>
      offer(entity, {
        task: 'rollback',
        message: { commandId: null, actor: 'guard', reason },
        toVersion: predecessor,
        onlyFrom: version,
      }),
    { description: 'Sent by the guard of a champion that is proven worse than its predecessor.' },
  );
}

import { setHandler } from '@temporalio/workflow';
import { windowDueSignal } from '../../base/messages.ts';
import { awaitReset, decideDue, decideWindow, offer } from '../queue.ts';
import type { Entity } from '../state.ts';

export function handleWindowDue(entity: Entity): void {
  setHandler(
    windowDueSignal,
    ({ window, resetRunId, openedRunId, dueAtMs }) => {
      if (openedRunId !== undefined) {
        entity.awaited.add(openedRunId);
        offer(entity, { task: 'outcome', runId: openedRunId });
        return;
      }
      const due =
        window !== null ? decideWindow(window) : dueAtMs !== undefined ? decideDue(dueAtMs) : awaitReset(resetRunId);
      if (!entity.queue.some((task) => task.task === 'decide' && task.key === due.key)) offer(entity, due);
    },
    {
      description: 'Sent by the platform: a trigger fired in this window, or a person began something anew.',
    },
  );
}

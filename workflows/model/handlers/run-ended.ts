import { setHandler } from '@temporalio/workflow';
import { runEndedSignal } from '../../base/messages.ts';
import { offer } from '../queue.ts';
import type { Entity } from '../state.ts';

export function handleRunEnded(entity: Entity): void {
  setHandler(runEndedSignal, ({ runId }) => offer(entity, { task: 'outcome', runId }), {
    description: 'Sent by the platform: a training or rollout is over, and its outcome is read.',
  });
}

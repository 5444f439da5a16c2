import { ParentClosePolicy, startChild } from '@temporalio/workflow';
import type { TrainInput } from '../../../src/domain/record/runs.ts';
import { train } from '../../train.ts';
import type { Entity } from '../state.ts';
import { startOnce } from './once.ts';

export async function startTraining(entity: Entity, training: TrainInput): Promise<void> {
  entity.awaited.add(training.runId);
  await startOnce(() =>
    startChild(train, {
      workflowId: training.runId,
      args: [training],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `train ${entity.model} #${training.number}: ${training.trigger}`,
    }),
  );
}

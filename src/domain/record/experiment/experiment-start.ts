import { taskQueues, workflowIds } from '../../words/ids.ts';

/** Which experiment of which model: its numbers begin with 1. */
export interface ExperimentInput {
  readonly model: string;
  readonly number: number;
}

/** How its run is started, whoever misses it first: once. */
export function experimentStart(input: ExperimentInput) {
  const { model, number } = input;
  return {
    workflowId: workflowIds.experiment(model, number),
    taskQueue: taskQueues.workflows,
    args: [input],
    workflowIdConflictPolicy: 'FAIL',
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    staticSummary: `experiment ${number} of ${model}`,
  } as const;
}

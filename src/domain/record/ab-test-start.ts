import { taskQueues, workflowIds } from '../words/ids.ts';

/**
 * How the run of an A/B test is started, whoever misses it first: once. One that runs, or that was ended by hand, is
 * not started again.
 */
export function abTestStart(model: string, number: number) {
  return {
    workflowId: workflowIds.abTest(model, number),
    taskQueue: taskQueues.workflows,
    args: [{ model, number }],
    workflowIdConflictPolicy: 'FAIL',
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    staticSummary: `A/B test ${number} of ${model}`,
  } as const;
}

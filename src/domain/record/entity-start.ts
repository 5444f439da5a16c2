import { entityRefreshMs, taskQueues, workflowIds } from '../words/ids.ts';

/** How the entity of a model is started, whoever misses it first; one that runs already is refused, not replaced. */
export function entityStart(model: string) {
  return {
    workflowId: workflowIds.model(model),
    taskQueue: taskQueues.workflows,
    args: [{ model, refreshMs: entityRefreshMs }],
    workflowIdConflictPolicy: 'FAIL',
    staticSummary: `decides about ${model}`,
  } as const;
}

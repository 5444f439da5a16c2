import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { entityStart } from '../../src/domain/record/entity-start.ts';
import { workflowIds } from '../../src/domain/words/ids.ts';

/** Installations are planned for 5,000 models; an entity beyond these is asked for one by one. */
const listedMax = 50_000;
const beatEvery = 500;

/**
 * The models whose entity Temporal lists as running. The list may be some seconds behind: an entity that is missing
 * there is asked for, and one that has just ended is found by the next walk.
 */
export async function runningEntities(client: Client, onProgress: () => void): Promise<ReadonlySet<string>> {
  const prefix = workflowIds.model('');
  const running = new Set<string>();
  const query = "WorkflowType = 'model' and ExecutionStatus = 'Running'";
  for await (const { workflowId } of client.workflow.list({ query, pageSize: 1_000 })) {
    if (workflowId.startsWith(prefix)) running.add(workflowId.slice(prefix.length));
    if (running.size % beatEvery === 0) onProgress();
    if (running.size >= listedMax) break;
  }
  return running;
}

/** Starts the entity of a model; false when it runs already. */
export async function ensureEntity(client: Client, model: string): Promise<boolean> {
  try {
    await client.workflow.start('model', entityStart(model));
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}

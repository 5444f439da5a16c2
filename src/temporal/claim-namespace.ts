import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { PerennialError } from '../domain/words/errors.ts';
import { taskQueues } from '../domain/words/ids.ts';

const claimId = 'installation';

/**
 * Two installations never share a namespace: the id stored in Postgres is also kept here, as the memo of a workflow
 * that nobody runs. Throws `configuration` when another installation holds the namespace.
 */
export async function claimNamespace(client: Client, installationId: string): Promise<void> {
  const namespace = client.options.namespace;
  try {
    await client.workflow.start('installation', {
      workflowId: claimId,
      taskQueue: `${taskQueues.workflows}-claim`,
      memo: { installationId },
      workflowIdConflictPolicy: 'FAIL',
      staticSummary: 'marks the installation that owns this namespace; it waits for ever by design',
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const { memo } = await client.workflow.getHandle(claimId).describe();
    const owner = memo?.['installationId'];
    if (owner !== installationId) {
      throw new PerennialError(
        'configuration',
        `The Temporal namespace "${namespace}" belongs to another installation (${String(owner)}).`,
        {
          path: 'TEMPORAL_NAMESPACE',
          hint:
            'Give this installation a namespace of its own with TEMPORAL_NAMESPACE, ' +
            'or connect it to the database it belongs to.',
        },
      );
    }
  }
}

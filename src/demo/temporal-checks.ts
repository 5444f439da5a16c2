import type { LoopFacts } from '../db/watching/loop-facts.ts';
import { workflowIds } from '../domain/words/ids.ts';
import { connectClient } from '../temporal/connect.ts';
import type { Check } from './check.ts';
import type { Play } from './play.ts';

/** Every run that Postgres knows, as Temporal saw it; and nothing of this model that ended badly. */
export async function checkWorkflows({ stage, spec }: Play, facts: LoopFacts): Promise<readonly Check[]> {
  const { client, close } = await connectClient(stage.config, {
    address: stage.stack.temporalAddress,
    namespace: stage.stack.namespace,
  });
  try {
    const statusOf = async (workflowId: string): Promise<string> =>
      (await client.workflow.getHandle(workflowId).describe()).status.name;
    const wrong: string[] = [];
    let completed = 0;
    for (const run of facts.runs) {
      const status = await statusOf(run.runId);
      // A guard goes on until enough labels have matured; its row says so too.
      const isRight =
        status === 'COMPLETED' || (run.kind === 'guard' && run.status === 'running' && status === 'RUNNING');
      if (!isRight) wrong.push(`${run.runId} ${status}`);
      if (status === 'COMPLETED') completed += 1;
    }
    const entity = await statusOf(workflowIds.model(spec.name));
    const badly: string[] = [];
    const badEnds = "('Failed', 'Terminated', 'TimedOut', 'Canceled')";
    const query = `PerennialModel = '${spec.name}' AND ExecutionStatus IN ${badEnds}`;
    for await (const { workflowId, status } of client.workflow.list({ query }))
      badly.push(`${workflowId} ${status.name}`);
    return [
      {
        check: 'Temporal completed every run',
        ok: wrong.length === 0 && facts.runs.length > 0,
        found: wrong.join(', ') || `${completed} histories completed`,
      },
      {
        check: 'the entity of the model lives, and no workflow ended badly',
        ok: entity === 'RUNNING' && badly.length === 0,
        found: badly.join(', ') || `${workflowIds.model(spec.name)} ${entity}`,
      },
    ];
  } finally {
    await close();
  }
}

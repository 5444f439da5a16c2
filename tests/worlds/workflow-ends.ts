import type { WorkflowHandle } from '@temporalio/client';
import { eq } from 'drizzle-orm';
import { run } from '../../src/db/schema/index.ts';
import type { LoopWorld } from './loop-world.ts';
import { until } from './wait.ts';

/** An Update and what follows from it are about ten events; continue-as-new comes at a thousand. */
const wordsMax = 400;

/** Says the same word until the workflow has gone on as a new run; returns both run ids. */
export async function untilContinued(
  handle: WorkflowHandle,
  speak: () => Promise<unknown>,
): Promise<readonly [string, string]> {
  const first = (await handle.describe()).runId;
  for (let i = 0; i < wordsMax; i++) {
    // A word that comes just then is refused, and may be said again.
    await speak().catch(() => undefined);
    const now = (await handle.describe()).runId;
    if (now !== first) return [first, now];
  }
  throw new Error(`${handle.workflowId} did not continue as new within ${wordsMax} updates`);
}

/** Waits for the workflow to be over, however it ended. */
export async function ended(world: LoopWorld, workflowId: string): Promise<void> {
  await until(
    `${workflowId} is over`,
    async () => (await world.client.workflow.getHandle(workflowId).describe()).status.name !== 'RUNNING',
  );
  await until(`${workflowId} is written down`, async () => {
    const [row] = await world.stack.database.db.select().from(run).where(eq(run.runId, workflowId));
    return row?.status !== 'running';
  });
}

/** Id of a finished workflow of this type whose result fits. */
export async function latest(world: LoopWorld, type: string, fits: (result: unknown) => boolean): Promise<string> {
  return until(`a finished ${type}`, async () => {
    for await (const found of world.client.workflow.list({
      query: `WorkflowType = "${type}" AND ExecutionStatus = "Completed"`,
    })) {
      if (fits(await world.client.workflow.getHandle(found.workflowId, found.runId).result())) return found.workflowId;
    }
    return undefined;
  });
}

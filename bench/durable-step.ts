import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Client } from '@temporalio/client';
import { Runtime, Worker } from '@temporalio/worker';
import { connectNative } from '../src/temporal/connect.ts';
import { instantMs } from './history.ts';
import { spreadOf, type Spread } from './spread.ts';

const stepCount = 50;

/**
 * Cost of one durable step, in milliseconds: a workflow runs `stepCount` activities that do nothing, one after the
 * other, on a stack that does nothing else. Per run (last event - first event of its history) / stepCount; the first
 * run warms up and does not count. The worker runs in this process on a queue of its own, set up as ours are.
 */
export async function measureDurableStep(client: Client, address: string, runs: number): Promise<Spread> {
  const quiet = (): void => undefined;
  Runtime.install({
    shutdownSignals: [],
    logger: { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
  const connection = await connectNative({ address });
  const taskQueue = `bench-${randomUUID()}`;
  const worker = await Worker.create({
    connection,
    namespace: client.options.namespace,
    taskQueue,
    workflowsPath: path.join(import.meta.dirname, 'steps-workflow.ts'),
    activities: { nothing: () => Promise.resolve() },
  });
  try {
    return await worker.runUntil(async () => {
      const perStepMs: number[] = [];
      for (let run = 0; run <= runs; run++) perStepMs.push((await runSteps(client, taskQueue)) / stepCount);
      return spreadOf(perStepMs.slice(1));
    });
  } finally {
    await connection.close();
  }
}

async function runSteps(client: Client, taskQueue: string): Promise<number> {
  const handle = await client.workflow.start('steps', {
    taskQueue,
    workflowId: `${taskQueue}/${randomUUID()}`,
    args: [stepCount],
  });
  await handle.result();
  const { events } = await handle.fetchHistory();
  return instantMs(events?.at(-1)?.eventTime) - instantMs(events?.[0]?.eventTime);
}

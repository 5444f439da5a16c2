import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import type { Config } from '../config.ts';
import { taskQueues } from '../domain/words/ids.ts';
import { ownServerDir } from '../entry-point.ts';
import { workflowBundle } from './workflow-bundle.ts';
import type { WorkerTelemetry } from './worker-telemetry.ts';

/** What the workers of one process share. */
export interface QueueWork {
  readonly config: Config;
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly activitiesOn: (taskQueue: string) => object;
  /** Trainings at once on each GPU queue: one per GPU. */
  readonly gpus: number;
  readonly interceptors: WorkerTelemetry['interceptors'];
}

/** A worker for every queue, not yet running. Only `perennial` runs workflows; the others have activities alone. */
export function createWorkers(queues: readonly string[], work: QueueWork): Promise<readonly Worker[]> {
  return Promise.all(queues.map(async (taskQueue) => Worker.create(await optionsOf(taskQueue, work))));
}

async function optionsOf(taskQueue: string, work: QueueWork): Promise<WorkerOptions> {
  const interceptors = { activity: [...work.interceptors.activity] };
  const shared = {
    connection: work.connection,
    namespace: work.namespace,
    taskQueue,
    activities: work.activitiesOn(taskQueue),
    interceptors,
    shutdownGraceTime: '5 seconds',
    shutdownForceTime: '10 seconds',
  } as const;
  if (taskQueue === taskQueues.workflows) {
    return {
      ...shared,
      workflowBundle: await workflowBundle(work.config, ownServerDir()),
      maxConcurrentActivityTaskExecutions: 200,
      maxCachedWorkflows: 500,
    };
  }
  // One training per GPU; on CPUs two trainings or scans at once is what two cores can carry.
  return {
    ...shared,
    // A cancellation comes with the answer to a heartbeat: a training is ended within moments, not after a quarter of
    // a minute.
    maxHeartbeatThrottleInterval: '500 milliseconds',
    maxConcurrentActivityTaskExecutions: taskQueue.startsWith('perennial-gpu') ? work.gpus : 2,
  };
}

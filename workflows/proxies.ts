import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import { taskQueues } from '../src/domain/words/ids.ts';
import type { Activities } from '../activities/index.ts';

/** Reads and writes of Postgres: quick, retried through an outage of half an hour, then the run fails and says so. */
export const light = (summary: string): Activities =>
  proxyActivities<Activities>({
    summary,
    startToCloseTimeout: '30 seconds',
    scheduleToCloseTimeout: '30 minutes',
    retry: { initialInterval: '200 milliseconds', backoffCoefficient: 2, maximumInterval: '5 seconds' },
  });

/** Stays with one step of a rollout; returns by itself after a minute, heartbeats every second. */
export const watching = (summary: string): Activities =>
  proxyActivities<Activities>({
    summary,
    startToCloseTimeout: '3 minutes',
    heartbeatTimeout: '6 seconds',
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: { initialInterval: '200 milliseconds', backoffCoefficient: 2, maximumInterval: '5 seconds' },
  });

/** Renews a lease through a hold that may last for days: one activity an hour keeps the history short. */
export const waiting = (summary: string): Activities =>
  proxyActivities<Activities>({
    summary,
    startToCloseTimeout: '65 minutes',
    heartbeatTimeout: '6 seconds',
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: { initialInterval: '200 milliseconds', backoffCoefficient: 2, maximumInterval: '5 seconds' },
  });

/** Reads files and scans them with DuckDB. */
export const heavy = (summary: string): Activities =>
  proxyActivities<Activities>({
    summary,
    taskQueue: taskQueues.cpu,
    startToCloseTimeout: '2 hours',
    heartbeatTimeout: '20 seconds',
    retry: {
      initialInterval: '500 milliseconds',
      backoffCoefficient: 2,
      maximumInterval: '30 seconds',
      maximumAttempts: 8,
    },
  });

/** A training in a child process; a lost worker is noticed within the heartbeat time-out and the work resumes. */
export const training = (summary: string, taskQueue: string): Activities =>
  proxyActivities<Activities>({
    summary,
    taskQueue,
    startToCloseTimeout: '24 hours',
    heartbeatTimeout: '20 seconds',
    retry: {
      initialInterval: '500 milliseconds',
      backoffCoefficient: 2,
      maximumInterval: '1 minute',
      maximumAttempts: 8,
    },
  });

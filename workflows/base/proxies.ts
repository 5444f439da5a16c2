import { ActivityCancellationType, proxyActivities, type ActivityOptions } from '@temporalio/workflow';
import { homeQueueOf } from '../../src/domain/words/activity-groups.ts';
import type { ActivitiesOf } from '../../activities/index.ts';

/** Retries of what waits for Postgres or for people: soon at first, then every five seconds. */
const soon = { initialInterval: '200 milliseconds', backoffCoefficient: 2, maximumInterval: '5 seconds' } as const;

/** Retries of long work: eight attempts, then the run fails and says so. */
const patient = { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumAttempts: 8 } as const;

/** Work of hours in a child process; a lost worker is noticed within the heartbeat time-out, and the work resumes. */
const lasting = {
  startToCloseTimeout: '24 hours',
  heartbeatTimeout: '20 seconds',
  retry: { ...patient, maximumInterval: '1 minute' },
} satisfies ActivityOptions;

/** What stays with a rollout heartbeats every second and leaves at once when it is no longer wanted. */
const attending = {
  heartbeatTimeout: '6 seconds',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: soon,
} satisfies ActivityOptions;

/**
 * Reads and writes of Postgres: quick, and retried for as long as Postgres is away, so that an outage ends no run. What
 * fails for another reason is given up after a while (activities/guarded.ts), and its run says so.
 */
export const light = (summary: string): ActivitiesOf<'light'> =>
  proxyActivities<ActivitiesOf<'light'>>({
    summary,
    taskQueue: homeQueueOf('light'),
    startToCloseTimeout: '30 seconds',
    scheduleToCloseTimeout: '30 days',
    heartbeatTimeout: '15 seconds',
    retry: soon,
  });

/** Goes over all models and runs, and goes on where it was when its worker is lost. */
export const sweeping = (summary: string): ActivitiesOf<'sweeping'> =>
  proxyActivities<ActivitiesOf<'sweeping'>>({
    summary,
    taskQueue: homeQueueOf('sweeping'),
    startToCloseTimeout: '30 minutes',
    scheduleToCloseTimeout: '1 day',
    heartbeatTimeout: '20 seconds',
    retry: soon,
  });

/**
 * A batch of windows: half a minute, and a minute more where one of them is slow. A tick that fails is made up for by
 * the next, so it gives up soon, and alerts are not held up by it.
 */
export const judging = (summary: string): ActivitiesOf<'judging'> =>
  proxyActivities<ActivitiesOf<'judging'>>({
    summary,
    taskQueue: homeQueueOf('judging'),
    startToCloseTimeout: '2 minutes',
    scheduleToCloseTimeout: '5 minutes',
    heartbeatTimeout: '20 seconds',
    retry: soon,
  });

/** Stays with one step of a rollout; returns by itself after a minute, heartbeats every second. */
export const watching = (summary: string): ActivitiesOf<'watching'> =>
  proxyActivities<ActivitiesOf<'watching'>>({
    summary,
    taskQueue: homeQueueOf('watching'),
    startToCloseTimeout: '3 minutes',
    ...attending,
  });

/** Renews a lease through a hold that may last for days: one activity an hour keeps the history short. */
export const waiting = (summary: string): ActivitiesOf<'waiting'> =>
  proxyActivities<ActivitiesOf<'waiting'>>({
    summary,
    taskQueue: homeQueueOf('waiting'),
    startToCloseTimeout: '65 minutes',
    ...attending,
  });

/** Reads files and scans them with DuckDB. */
export const heavy = (summary: string): ActivitiesOf<'heavy'> =>
  proxyActivities<ActivitiesOf<'heavy'>>({
    summary,
    taskQueue: homeQueueOf('heavy'),
    startToCloseTimeout: '2 hours',
    heartbeatTimeout: '20 seconds',
    retry: { ...patient, maximumInterval: '30 seconds' },
  });

/** Re-scores labelled requests; `taskQueue` is another one for guards from before this queue existed. */
export const guarding = (summary: string, taskQueue = homeQueueOf('guarding')): ActivitiesOf<'guarding'> =>
  proxyActivities<ActivitiesOf<'guarding'>>({
    summary,
    taskQueue,
    startToCloseTimeout: '2 hours',
    heartbeatTimeout: '20 seconds',
    retry: { ...patient, maximumInterval: '30 seconds' },
  });

/** The ends of a training, in child processes of the CPU workers. */
export const training = (summary: string): ActivitiesOf<'training'> =>
  proxyActivities<ActivitiesOf<'training'>>({ summary, taskQueue: homeQueueOf('training'), ...lasting });

/** A fit, where its definition sends it. */
export const fitting = (summary: string, taskQueue: string): ActivitiesOf<'fitting'> =>
  proxyActivities<ActivitiesOf<'fitting'>>({ summary, taskQueue, ...lasting });

/** For files to go there and back, beside the time that the fit itself may take. */
const transfersMs = 3_600_000;

/** A fit by a worker of somebody else, which says within seconds that it lives, and is waited for without end. */
export const fittingElsewhere = (summary: string, taskQueue: string, timeMsMax: number): ActivitiesOf<'fitting'> =>
  proxyActivities<ActivitiesOf<'fitting'>>({
    summary,
    taskQueue,
    ...lasting,
    startToCloseTimeout: timeMsMax + transfersMs,
  });

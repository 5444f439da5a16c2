import { taskQueues } from './ids.ts';

/**
 * Activities stand in groups by the time that they take. Each group has limits of its own (workflows/base/proxies.ts),
 * one list (activities/index.ts) and one queue, which is said here and nowhere else. `fitting` is served wherever a
 * fit may be sent: by the workers of the CPUs and of every GPU queue.
 */
const queueOf = {
  light: taskQueues.workflows,
  judging: taskQueues.workflows,
  sweeping: taskQueues.workflows,
  watching: taskQueues.workflows,
  waiting: taskQueues.workflows,
  heavy: taskQueues.cpu,
  guarding: taskQueues.guard,
  training: taskQueues.cpu,
  fitting: null,
} as const;

export type ActivityGroup = keyof typeof queueOf;

/** The queue on which a workflow finds a group that has only one. */
export function homeQueueOf(group: Exclude<ActivityGroup, 'fitting'>): string {
  return queueOf[group];
}

/** What a worker of this queue serves. Queues of GPUs, whatever their tag, serve fits alone. */
export function groupsServedOn(taskQueue: string): readonly ActivityGroup[] {
  return (Object.keys(queueOf) as ActivityGroup[]).filter((group) => {
    const home = queueOf[group];
    if (home === taskQueue) return true;
    // Guards from before their queue existed go on asking where they began.
    if (group === 'guarding') return taskQueue === taskQueues.cpu;
    return home === null && taskQueue !== taskQueues.workflows && taskQueue !== taskQueues.guard;
  });
}

/** What a worker of these queues serves: whoever serves the CPUs serves guards, on slots of their own. */
export function withGuardQueue(queues: readonly string[]): readonly string[] {
  return queues.includes(taskQueues.cpu) ? [...new Set([...queues, taskQueues.guard])] : queues;
}

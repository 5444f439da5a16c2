import { createMeters } from './meters.ts';

export type ActivityOutcome = 'completed' | 'failed' | 'cancelled';

export interface WorkerMetrics {
  began(activity: string): void;
  ended(activity: string, outcome: ActivityOutcome, seconds: number): void;
  judged(windows: number): void;
  text(): Promise<string>;
}

export function createWorkerMetrics(): WorkerMetrics {
  const meters = createMeters('worker');
  const attempts = meters.counter('perennial_worker_activities_total');
  const seconds = meters.histogram('perennial_worker_activity_seconds');
  const running = meters.gauge('perennial_worker_running_activities');
  const judged = meters.counter('perennial_worker_windows_judged_total');
  return {
    began: (activity) => running.inc({ activity }),
    ended(activity, outcome, took) {
      running.dec({ activity });
      attempts.inc({ activity, outcome });
      seconds.observe({ activity }, took);
    },
    judged: (windows) => judged.inc(windows),
    text: () => meters.registry.metrics(),
  };
}

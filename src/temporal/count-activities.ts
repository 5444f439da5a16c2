import { CancelledFailure } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { WorkerMetrics } from '../telemetry/worker-metrics.ts';

/** Counts and times every attempt of an activity on this worker. */
export function countActivities(metrics: WorkerMetrics): ActivityInterceptorsFactory {
  return (context) => ({
    inbound: {
      async execute(input, next) {
        const activity = context.info.activityType;
        const startedAtMs = performance.now();
        const took = (): number => (performance.now() - startedAtMs) / 1_000;
        metrics.began(activity);
        try {
          const result = await next(input);
          metrics.ended(activity, 'completed', took());
          metrics.judged(judgedOf(result));
          return result;
        } catch (error) {
          metrics.ended(activity, error instanceof CancelledFailure ? 'cancelled' : 'failed', took());
          throw error;
        }
      },
    },
  });
}

/** `judgeWindows` answers how many it judged; nothing else has such a member. */
function judgedOf(result: unknown): number {
  return typeof result === 'object' && result !== null && 'judged' in result && typeof result.judged === 'number'
    ? result.judged
    : 0;
}

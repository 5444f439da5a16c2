import { CancelledFailure, type Context } from '@temporalio/activity';
import { expect, test } from 'vitest';
import { createWorkerMetrics } from '../telemetry/worker-metrics.ts';
import { countActivities } from './count-activities.ts';

test('attempts are counted by how they end, and judged windows by what they say', async () => {
  const metrics = createWorkerMetrics();
  const run = (activityType: string, work: () => Promise<unknown>): Promise<unknown> => {
    const { inbound } = countActivities(metrics)({ info: { activityType } } as Context);
    return inbound?.execute?.({ args: [], headers: {} }, work) ?? Promise.resolve();
  };
  await run('judgeWindows', async () => ({ judged: 3, more: false }));
  await expect(run('ingest', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(run('ingest', () => Promise.reject(new CancelledFailure('stop')))).rejects.toThrow('stop');
  const text = await metrics.text();
  for (const line of [
    'perennial_worker_activities_total{activity="judgeWindows",outcome="completed"} 1',
    'perennial_worker_activities_total{activity="ingest",outcome="failed"} 1',
    'perennial_worker_activities_total{activity="ingest",outcome="cancelled"} 1',
    'perennial_worker_running_activities{activity="ingest"} 0',
    'perennial_worker_activity_seconds_count{activity="judgeWindows"} 1',
    'perennial_worker_windows_judged_total 3',
  ]) {
    expect(text).toContain(line);
  }
});

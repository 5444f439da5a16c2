import type { Worker } from 'node:cluster';
import { addEnded, mergeMetrics } from '../../telemetry/merge-metrics.ts';
import { isMessage } from './cluster-messages.ts';
import { metricsFromWorkerKinds, type MetricsFromPrimary, type MetricsFromWorker } from './metrics-messages.ts';

/**
 * The primary's side of a scrape: it reaches one process, and must tell of all. The process that was asked hands its
 * figures in, the others are asked for theirs, and those of ended processes are kept.
 */
export interface MetricsHub {
  follow(worker: Worker): void;
}

/** A process that loads a model answers nobody for a while: its figures of before are used. */
const reportWithinMs = 300;

export function createMetricsHub(own: () => Promise<readonly object[]>): MetricsHub {
  const latest = new Map<Worker, readonly object[]>();
  const waiting = new Set<(from: Worker) => void>();
  let ended: Promise<readonly object[]> = Promise.resolve([]);

  const scrape = async (asked: Worker): Promise<string> => {
    const others = new Set([...latest.keys()].filter((worker) => worker !== asked && worker.isConnected()));
    if (others.size > 0) {
      await new Promise<void>((resolve) => {
        const heard = (from: Worker): void => {
          others.delete(from);
          if (others.size === 0) done();
        };
        const done = (): void => {
          clearTimeout(timer);
          waiting.delete(heard);
          resolve();
        };
        const timer = setTimeout(done, reportWithinMs);
        waiting.add(heard);
        for (const worker of others) tell(worker, { say: 'report' });
      });
    }
    return mergeMetrics([await ended, ...latest.values(), await own()]);
  };
  return {
    follow(worker) {
      worker.on('message', (message: unknown) => {
        if (!isMessage<MetricsFromWorker>(message, metricsFromWorkerKinds)) return;
        latest.set(worker, message.values);
        for (const heard of waiting) heard(worker);
        if (message.say === 'scrape')
          void scrape(worker).then((text) => tell(worker, { say: 'scraped', id: message.id, text }));
      });
      worker.once('exit', () => {
        const last = latest.get(worker);
        latest.delete(worker);
        if (last !== undefined) ended = ended.then((before) => addEnded(before, last));
      });
    },
  };
}

function tell(worker: Worker, message: MetricsFromPrimary): void {
  if (worker.isConnected()) worker.send(message, () => undefined);
}

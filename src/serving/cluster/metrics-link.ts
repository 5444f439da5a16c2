import type { InferenceMetrics } from '../../telemetry/inference-metrics.ts';
import { isMessage } from './cluster-messages.ts';
import { metricsFromPrimaryKinds, type MetricsFromPrimary, type MetricsFromWorker } from './metrics-messages.ts';

/** A worker's side: answers a scrape with the figures of all processes, and hands its own in. */
export interface MetricsLink {
  /** The metrics of all processes; of this one alone when the primary does not answer. */
  scrape(): Promise<string>;
  /** Hands in what was counted so far: the last time before the process ends. */
  report(): Promise<void>;
}

/** How often counters are handed in; a crash loses those of at most this long. */
const reportEveryMs = 5_000;
const scrapeLimitMs = 2_000;

export function createMetricsLink(metrics: Pick<InferenceMetrics, 'values' | 'text'>): MetricsLink {
  const asked = new Map<number, (text: string) => void>();
  let lastId = 0;
  const report = async (): Promise<void> => send({ say: 'metrics', values: await metrics.values() });
  process.on('message', (message: unknown) => {
    if (!isMessage<MetricsFromPrimary>(message, metricsFromPrimaryKinds)) return;
    if (message.say === 'report') void report();
    else asked.get(message.id)?.(message.text);
  });
  setInterval(() => void report(), reportEveryMs).unref();
  return {
    report,
    async scrape() {
      const id = ++lastId;
      const values = await metrics.values();
      const answer = new Promise<string | null>((resolve) => {
        const timer = setTimeout(() => resolve(null), scrapeLimitMs);
        asked.set(id, (text) => {
          clearTimeout(timer);
          resolve(text);
        });
      });
      await send({ say: 'scrape', id, values });
      const text = await answer;
      asked.delete(id);
      return text ?? metrics.text();
    },
  };
}

function send(message: MetricsFromWorker): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, undefined, undefined, () => resolve());
  });
}

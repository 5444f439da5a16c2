import type { Worker } from 'node:cluster';
import { createMeters } from '../../telemetry/meters.ts';
import type { SegmentSink } from '../ports.ts';

/** What only the primary sees: what became of segments, and how its workers ended. */
export interface PrimaryMetrics {
  /** The sink, counting. */
  counting(sink: SegmentSink): SegmentSink;
  /** Records of one segment that were set aside. */
  refused(records: number): void;
  follow(worker: Worker): void;
  values(): Promise<readonly object[]>;
}

export function createPrimaryMetrics(): PrimaryMetrics {
  const meters = createMeters('inference');
  const segments = meters.counter('perennial_spool_segments_total');
  const refusedRecords = meters.counter('perennial_spool_refused_records_total');
  const ends = meters.counter('perennial_inference_process_ends_total');
  return {
    counting: (sink) => ({
      async store(segment) {
        try {
          const outcome = await sink.store(segment);
          segments.inc({ outcome });
          return outcome;
        } catch (error) {
          // What is refused for good is tried in parts, and counted when it stands alone.
          const isRefused = error instanceof Error && 'code' in error && error.code === 'invalid_data';
          if (!isRefused) segments.inc({ outcome: 'failed' });
          throw error;
        }
      },
    }),
    refused(records) {
      segments.inc({ outcome: 'set-aside' });
      refusedRecords.inc(records);
    },
    follow(worker) {
      worker.once('exit', (code: number | null, signal: string | null) => {
        ends.inc({ how: code === 0 || signal === 'SIGTERM' || signal === 'SIGKILL' ? 'clean' : 'crashed' });
      });
    },
    values: () => meters.registry.getMetricsAsJSON(),
  };
}

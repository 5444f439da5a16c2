import type { SegmentSink } from '../ports.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Refused } from './read-segment.ts';
import type { KeptSegments } from './kept-segments.ts';

export interface ShipperOptions {
  readonly dir: string;
  readonly sink: SegmentSink;
  readonly log: Log;
  /** Hears of records that were set aside, after they are safe in a file of their own. */
  readonly onRefused?: (refused: readonly Refused[]) => Promise<void>;
  /** Where segments stay for a while after they were stored. */
  readonly kept?: Pick<KeptSegments, 'keep'>;
  readonly intervalMs?: number;
  readonly backOffMsMax?: number;
}

import type { ProvenMean } from '../../statistics/sequential/proven-mean.ts';
import type { Correction } from '../rollout/correction.ts';
import type { HoldOutCorrection } from '../rollout/recalibrate.ts';

/** What the hold-out says of a version before it has answered anybody. */
export interface FirstCorrection {
  /** What its answers begin with; null as the model scores. */
  readonly correction: Correction | null;
  readonly gain: ProvenMean | null;
  readonly text: string;
  /** What is left of the hold-out for later fits: no row of it. */
  readonly holdOut: HoldOutCorrection;
}

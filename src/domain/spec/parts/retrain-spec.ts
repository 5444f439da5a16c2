import type { Extent } from '../../words/extent.ts';

/** Triggers are off when null or false. The decision is one pure function over all of them. */
export interface RetrainSpec {
  readonly schedule: Extent | null;
  readonly newLabelledRows: number | null;
  /** Retrain when the labelled rows have grown by this factor since the last training (> 1). */
  readonly growthFactor: number | null;
  readonly onDrift: boolean;
  readonly onDecay: boolean;
  readonly onSpecChange: boolean;
  readonly staleAfter: Extent | null;
  readonly cooldown: Extent;
  readonly budget: { readonly runs: number; readonly per: Extent };
  readonly labelledRowsMin: number;
}

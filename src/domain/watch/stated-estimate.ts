import type { EstimateBasis, EstimateInterval } from './judge-estimate.ts';

/** What was said of a window when it closed, as it is kept until its labels come. */
export interface StatedEstimate {
  readonly estimated: number;
  readonly interval: EstimateInterval | null;
  readonly basis: EstimateBasis | null;
}

import { calibrate, type Calibrated } from '../calibrate/calibrate.ts';
import { withMaps } from '../calibrate/with-maps.ts';
import type { FittedModel, RowRange } from '../interface.ts';
import { rowWeights } from './row-weights.ts';
import type { FitContext } from './select-model.ts';

/** Calibrates a fit by these validation rows; null where no calibration is declared. */
export function calibrateFit(
  { signature, table, settings }: Pick<FitContext, 'signature' | 'table' | 'settings'>,
  model: FittedModel,
  validation: RowRange,
): Calibrated | null {
  return calibrate({ signature, table, weights: rowWeights(settings, table), settings }, model, validation);
}

/**
 * A fit that answers by what was found. A refit takes the map of the candidate, as it takes its trees: there are no
 * rows left that it has not learnt from.
 */
export function withCalibration<Fit extends { readonly model: FittedModel }>(
  { signature }: Pick<FitContext, 'signature'>,
  fit: Fit,
  calibrated: Calibrated | null,
): Fit {
  const map = calibrated?.map ?? null;
  return map === null ? fit : { ...fit, model: withMaps(signature, fit.model, [map]) };
}

import { balance } from '../calibrate/balance.ts';
import { withMaps } from '../calibrate/with-maps.ts';
import type { OwnSpec } from '../../domain/spec/trainer-spec.ts';
import { validationLossOf } from '../families/numeric/validation-loss.ts';
import type { FitRequest, FittedModel } from '../interface.ts';
import { fitAs } from '../registry.ts';

/**
 * Fits by the trainer that the settings name, on rows that are counted as they say for rare classes. The answers and
 * the validation loss are those of the rows as they are.
 */
export async function fitBalanced(
  settings: OwnSpec,
  request: Omit<FitRequest<unknown>, 'settings'>,
): Promise<FittedModel> {
  const { signature, columns, validation } = request;
  const imbalance = 'imbalance' in settings ? settings.imbalance : undefined;
  const balanced =
    imbalance === undefined ? null : balance(imbalance, request, signature.classes.length, settings.seed);
  if (balanced === null) return fitAs(settings, request);
  const fitted = await fitAs(settings, { ...request, weights: balanced.weights });
  const model = withMaps(signature, fitted, [balanced.map]);
  const validationLoss =
    validation === null ? null : validationLossOf(signature, model.predict(columns, validation), request, validation);
  return { ...model, validationLoss };
}

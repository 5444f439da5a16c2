import type { OwnSpec } from '../../../domain/spec/trainer-spec.ts';
import type { FittedModel, OnProgress } from '../../interface.ts';
import type { FolderRows } from '../../prepare/read-folder.ts';
import { fitBalanced } from '../fit-balanced.ts';
import { fitContext } from '../fit-context.ts';
import { refitModel, stageOf, usualWay, type Selected } from '../select-model.ts';

/** A trial as it was fitted on all training rows: equal settings give the same fit whenever it is asked for. */
export async function fitMember(
  folder: string,
  rows: FolderRows,
  settings: OwnSpec,
  onProgress: OnProgress,
): Promise<FittedModel> {
  const { training, validation } = rows.split;
  const context = fitContext(folder, rows, settings, onProgress);
  return fitBalanced(settings, stageOf(context, 'member', training, validation));
}

/** The same on all rows, with as many trees as the extra rows deserve. */
export async function refitMember(
  folder: string,
  rows: FolderRows,
  settings: OwnSpec,
  model: FittedModel,
  onProgress: OnProgress,
): Promise<FittedModel> {
  const context = fitContext(folder, rows, settings, onProgress);
  const fitted: Selected = { model, way: usualWay, fittedOn: rows.split.training };
  return (await refitModel(context, fitted, rows.split.training)).model;
}

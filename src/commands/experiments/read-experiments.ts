import { authorise } from '../../access/principal.ts';
import type { ExperimentLine, ExperimentView } from '../../contracts/http/trainers/experiments.ts';
import { readModel } from '../../db/models/specs.ts';
import { experimentLines, experimentViewOf } from '../../db/views/views-experiments.ts';
import type { CommandContext } from '../base/context.ts';

/** Experiments of a model, latest first: those before a number, or null for the latest. */
export async function experiments(
  context: CommandContext,
  model: string,
  page: { readonly before: number | null; readonly rowsMax: number },
): Promise<readonly ExperimentLine[]> {
  authorise(context.principal, 'read', model);
  const { db } = context.database;
  await readModel(db, model);
  return experimentLines(db, model, page);
}

/** Throws `not_found` for a number that the model has none of. */
export async function experimentOf(context: CommandContext, model: string, number: number): Promise<ExperimentView> {
  authorise(context.principal, 'read', model);
  const { db } = context.database;
  await readModel(db, model);
  return experimentViewOf(db, model, number);
}

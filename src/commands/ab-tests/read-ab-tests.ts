import { authorise } from '../../access/principal.ts';
import type { AbTestView } from '../../contracts/http/ab-tests.ts';
import { readModel } from '../../db/models/specs.ts';
import { abTestViewOf, abTestViews } from '../../db/views/views-ab-tests.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { CommandContext } from '../base/context.ts';

/** A/B tests of a model, latest first: those before a number, or null for the latest. */
export async function abTests(
  context: CommandContext,
  model: string,
  page: { readonly before: number | null; readonly rowsMax: number },
): Promise<readonly AbTestView[]> {
  authorise(context.principal, 'read', model);
  const { db } = context.database;
  await readModel(db, model);
  return abTestViews(db, model, page);
}

/** Throws `not_found` for a number that the model has no test of. */
export async function abTestOf(context: CommandContext, model: string, number: number): Promise<AbTestView> {
  authorise(context.principal, 'read', model);
  const { db } = context.database;
  await readModel(db, model);
  const found = await abTestViewOf(db, model, number);
  if (found !== null) return found;
  throw new PerennialError('not_found', `"${model}" has no A/B test ${number}.`, {
    path: 'number',
    hint: `\`perennial ab-test list ${model}\` shows those that there are.`,
  });
}

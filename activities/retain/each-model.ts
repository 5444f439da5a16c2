import { isDatabaseAway, type Db } from '../../src/db/base/connect.ts';
import { modelNamesAfter } from '../../src/db/models/specs.ts';
import { ringForUpkeep } from '../../src/db/watching/ring-for-upkeep.ts';

const modelsPerPage = 500;

/**
 * Does `work` for each model behind the cursor until `isOver`; it answers whether there is more to do for the model.
 * A model for which it fails rings and is passed: what has ended elsewhere must not wait until somebody mends it.
 * Answers the model that is through, null at the end.
 */
export async function eachModel(
  db: Db,
  { cursor, isOver }: { readonly cursor: string | null; readonly isOver: () => boolean },
  work: (model: string) => Promise<boolean>,
  namesAfter: typeof modelNamesAfter = modelNamesAfter,
): Promise<string | null> {
  let through = cursor ?? '';
  for (;;) {
    // oxlint-disable no-await-in-loop -- one model at a time
    const names = await namesAfter(db, through, modelsPerPage);
    if (names.length === 0) return null;
    for (const model of names) {
      try {
        while (await work(model)) if (isOver()) return through;
      } catch (error) {
        if (isDatabaseAway(error)) throw error;
        await ringForUpkeep(db, model, `what has ended of ${model} could not be removed or measured`, error);
      }
      through = model;
      if (isOver()) return through;
    }
    // oxlint-enable no-await-in-loop
  }
}

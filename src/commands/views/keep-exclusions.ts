import type { Db } from '../../db/base/connect.ts';
import { excludedOf } from '../../db/erasure/exclusions.ts';
import { keyColumnsEver } from '../../db/erasure/key-columns.ts';
import { columnsOfView } from '../../domain/view/rows-of-view.ts';
import type { ViewSpec } from '../../domain/view/view-spec.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { listNames } from '../../domain/words/nearest-name.ts';

/**
 * Whom readings leave out is known by the cells of key columns. Throws `conflict` for a definition that does not read a
 * column any more by which its view was keyed when entities were erased: their rows would come back.
 */
export async function refuseLostExclusions(tx: Db, spec: ViewSpec): Promise<void> {
  const read = new Set(columnsOfView(spec).map(({ name }) => name));
  const lost = (await keyColumnsEver(tx, { of: 'view', name: spec.name })).filter((name) => !read.has(name));
  if (lost.length === 0 || (await excludedOf(tx, spec.name)) === null) return;
  throw new PerennialError(
    'conflict',
    `View ${spec.name} leaves out erased entities by ${listNames(lost)}, which this definition does not read.`,
    {
      path: 'entity',
      hint: `Keep ${listNames(lost)} as a feature, such as category(), or lift the erasures: perennial erase lift.`,
    },
  );
}

import type { RowsSpec } from '../../domain/spec/columns/rows-spec.ts';
import type { RuleCount } from '../../domain/training/snapshot.ts';
import { literal } from '../duck/sql.ts';
import type { Duck } from '../duck/connect.ts';
import { findEpoch } from '../read/find-epoch.ts';
import type { CheckedRows } from './check-rows.ts';
import { columnNamed } from './checked-columns.ts';
import { epochRuleId } from './time-rules.ts';

/**
 * What to declare where the numbers of a time feature are no milliseconds, by the id of the rule that they break: the
 * unit in which they lie in our time. Nothing where there is none.
 */
export async function nameEpochs(
  duck: Duck,
  { features }: RowsSpec,
  checked: CheckedRows,
  counts: readonly RuleCount[],
): Promise<ReadonlyMap<string, string>> {
  const fixes = new Map<string, string>();
  for (const { name } of features) {
    const id = epochRuleId(name);
    if (!counts.some(({ ruleId }) => ruleId === id)) continue;
    const { value } = columnNamed(checked.columns, name);
    // oxlint-disable-next-line no-await-in-loop -- few models have several times, and fewer a wrong one
    const broken = `SELECT CAST(${value} AS DOUBLE) AS key FROM checked WHERE list_contains(ids, ${literal(id)})`;
    const found = await findEpoch(duck, broken);
    if (found === null) continue;
    // When it was is content of the file, which whoever reads this may not be allowed to see.
    fixes.set(id, `declare epochUnit: '${found.unit}' of ${name}, by which they lie between 1980 and 2100`);
  }
  return fixes;
}

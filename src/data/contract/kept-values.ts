import { isInstant } from '../../domain/cells/cell-role.ts';
import type { RowsSpec } from '../../domain/spec/columns/rows-spec.ts';
import { columnsNamedBy } from '../../domain/spec/columns/columns-named-by.ts';
import { isAboutRows } from '../../domain/spec/columns/rule-subject.ts';
import type { ExcludedEntities } from '../../domain/record/erasure/erasure.ts';
import type { OpenTable } from '../read/table-file.ts';
import { checkedColumns } from './checked-columns.ts';

/**
 * The columns whose values `checked` keeps for what is asked behind the scan, where all others are read from the source
 * again when accepted rows are written; null keeps all. To read typed cells twice costs less than to keep them once,
 * and to read a text costs more. What repairs or erasures make of the rows stands nowhere but in `checked`.
 */
export function keptValues(
  { format }: Pick<OpenTable, 'format'>,
  spec: RowsSpec,
  excluded: ExcludedEntities | undefined,
): ReadonlySet<string> | null {
  const columns = checkedColumns(spec);
  if (format !== 'parquet' || (spec.repairs ?? []).length > 0 || excluded !== undefined) return null;
  const asked = spec.contract.rules.filter((rule) => !isAboutRows(rule));
  // The unit of a time that is no instant is looked for among its values.
  const times = columns.filter(({ role }) => isInstant[role]).map(({ name }) => name);
  return new Set([...times, ...asked.flatMap(columnsNamedBy), ...(spec.target === null ? [] : [spec.target.column])]);
}

import { columnNamed } from '../../domain/contract/contract-columns.ts';
import type { RowsSpec } from '../../domain/spec/columns/rows-spec.ts';
import { checkRows, markDuplicates, type CheckedRows } from '../contract/check-rows.ts';
import { markReferences, type KeysOfViews } from '../contract/mark-references.ts';
import type { Duck } from '../duck/connect.ts';
import { identifier, literal, pathLiteral } from '../duck/sql.ts';
import type { OpenTable } from '../read/table-file.ts';

export interface JudgedBy {
  readonly spec: RowsSpec;
  /** Parquet files of accepted rows: a key among them is not new. */
  readonly historyPaths: readonly string[];
  /** What rules that ask views are asked with. */
  readonly keys?: KeysOfViews | undefined;
  /** The moment at which rows without a time look at views (default: now). */
  readonly nowMs?: number;
}

/** Rows of a quarantine, repaired and judged as rows of a source are, in the table `checked`. */
export async function judgeAgain(
  duck: Duck,
  table: OpenTable,
  { spec, historyPaths, keys, nowMs = Date.now() }: JudgedBy,
): Promise<CheckedRows> {
  const checked = await checkRows(duck, table, spec, { unlabelled: 'refuse' });
  await markReferences(duck, spec, checked.columns, { keys, nowMs });
  await markDuplicates(duck, spec, checked.columns);
  await markKnown(duck, spec, checked, historyPaths);
  return checked;
}

/** A key that stands in the history already is a repetition, whichever batch it came with. */
async function markKnown(
  duck: Duck,
  spec: RowsSpec,
  { columns }: CheckedRows,
  historyPaths: readonly string[],
): Promise<void> {
  if (historyPaths.length === 0) return;
  const history = `read_parquet([${historyPaths.map(pathLiteral).join(', ')}])`;
  for (const rule of spec.contract.rules) {
    if (rule.rule !== 'unique') continue;
    const names = rule.columns.map(identifier).join(', ');
    const isSame = rule.columns.map((name) => `known.${identifier(name)} = ${columnNamed(columns, name).value}`);
    // oxlint-disable-next-line no-await-in-loop -- a rule at a time, in one database
    await duck.run(`UPDATE checked SET ids = list_append(ids, ${literal(rule.id)}), bad =
      ${rule.severity === 'warn' ? 'bad' : 'true'} WHERE NOT bad AND n IN (
        SELECT n FROM checked JOIN (SELECT DISTINCT ${names} FROM ${history}) AS known ON ${isSame.join(' AND ')})`);
  }
}

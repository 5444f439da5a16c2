import { PerennialError } from '../../domain/words/errors.ts';
import { sayNearest } from '../../domain/words/nearest-name.ts';
import { sayRepairs } from '../../domain/training/repair-log.ts';
import type { RepairCount, RuleCount } from '../../domain/training/snapshot.ts';
import type { MissingPolicy } from '../../domain/spec/closed-sets.ts';
import type { RowsSpec } from '../../domain/spec/columns/rows-spec.ts';
import type { ExcludedEntities } from '../../domain/record/erasure/erasure.ts';
import { countBatchRules } from './batch-rules.ts';
import { absentColumns, checkRows, markDuplicates, type CheckedRows } from './check-rows.ts';
import { withoutExcluded } from './without-excluded.ts';
import { countRowRules } from './count-row-rules.ts';
import { nameEpochs } from './name-epoch.ts';
import { markReferences, type KeysOfViews } from './mark-references.ts';
import { notedChanges } from './noted-changes.ts';
import { columnNamed } from '../../domain/contract/contract-columns.ts';
import type { Asked } from '../../domain/contract/row-rules.ts';
import type { Duck } from '../duck/connect.ts';
import type { OpenTable } from '../read/table-file.ts';
import { checkedColumns } from './checked-columns.ts';
import type { CheckedParts } from './checked-parts.ts';

interface ValidateOptions extends Asked {
  /** Whose rows are left out: neither accepted nor set aside. Nobody's by default. */
  readonly excluded?: ExcludedEntities;
  /** The clock for freshness rules, epoch milliseconds. */
  readonly nowMs: number;
  /** What rules that ask views are asked with; logged rows are not asked, which had their answer when they came. */
  readonly keys?: KeysOfViews | undefined;
  /** Of a large table: see `CheckedParts`. */
  readonly parts?: CheckedParts | undefined;
  /** Columns whose values stay in `checked` (`keptValues`); all by default. */
  readonly kept?: ReadonlySet<string> | null;
}

export interface ValidationReport {
  /** Without those that repairs took out. */
  readonly rows: number;
  readonly accepted: number;
  readonly labelled: number;
  readonly quarantined: number;
  /** Rows that repairs took out. */
  readonly removed: number;
  readonly repairs: readonly RepairCount[];
  readonly ruleCounts: readonly RuleCount[];
  readonly verdict: 'accepted' | 'rejected';
  /** One sentence for people. */
  readonly text: string;
  readonly checked: CheckedRows;
}

/**
 * Judges a table by a spec's contract, leaving the rows in `checked` and `rejected_rows`. Throws invalid_data when a
 * declared column is absent.
 */
export async function validateTable(
  duck: Duck,
  table: OpenTable,
  spec: RowsSpec,
  options: ValidateOptions,
): Promise<ValidationReport> {
  refuseAbsentColumns(table, spec, options.unlabelled);
  const all = await checkRows(duck, table, spec, options, options);
  const checked = await withoutExcluded(duck, all, options.excluded);
  if (options.isLogged !== true)
    await markReferences(duck, spec, checked.columns, { keys: options.keys, nowMs: options.nowMs });
  await markDuplicates(duck, spec, checked.columns);
  const label = spec.target === null ? 'NULL' : columnNamed(checked.columns, spec.target.column).value;
  const [counts] = await duck.rows(
    `SELECT CAST(count(*) FILTER (NOT bad) AS DOUBLE) AS accepted, CAST(count(${label}) FILTER (NOT bad) AS DOUBLE)
      AS labelled FROM checked`,
  );
  const accepted = Number(counts?.['accepted'] ?? 0);
  const rows = checked.readable + checked.rejected;
  const ruleCounts = [
    ...(await countRowRules(duck, spec, checked)),
    ...(await countBatchRules(duck, spec, checked, rows, options.nowMs)),
    ...notedChanges(table, spec, checked),
  ];
  const fixes = new Map([
    ...checked.rules.map(({ id, fix = '' }) => [id, fix] as const),
    ...(await nameEpochs(duck, spec, checked, ruleCounts)),
  ]);
  const report = {
    rows,
    accepted,
    removed: checked.repaired?.removed ?? 0,
    repairs: checked.repaired?.counts ?? [],
    labelled: Number(counts?.['labelled'] ?? 0),
    quarantined: rows - accepted,
    ruleCounts,
    checked,
  };
  const isLeftOut = rows === 0 && all.readable + all.rejected > 0;
  return { ...report, ...judge(spec, { ...report, isLeftOut }, fixes) };
}

function judge(
  spec: RowsSpec,
  report: Pick<ValidationReport, 'rows' | 'accepted' | 'quarantined' | 'removed' | 'repairs' | 'ruleCounts'> & {
    /** All of its rows are about entities that were erased. */
    readonly isLeftOut: boolean;
  },
  fixes: ReadonlyMap<string, string>,
): Pick<ValidationReport, 'verdict' | 'text'> {
  const { rows, accepted, quarantined, removed, repairs, ruleCounts, isLeftOut } = report;
  const reasons = describeRules(
    ruleCounts.filter((count) => count.severity !== 'warn'),
    fixes,
  );
  const why = reasons === '' ? '' : ` (${reasons})`;
  const gone = removed === 0 ? '' : `, ${removed} taken out by repairs`;
  const done = sayRepairs({ counts: repairs });
  const repaired = done === '' ? '' : `; repaired: ${done}`;
  const tally = `${rows + removed} rows: ${accepted} accepted, ${quarantined} quarantined${why}${gone}${repaired}`;
  const refusing = ruleCounts.filter((count) => count.severity === 'reject');
  if (refusing.length > 0)
    return { verdict: 'rejected', text: `the contract refuses the whole batch: ${describeRules(refusing, fixes)}` };
  // Its source is read on behind it: no row of it will ever be taken.
  if (accepted === 0 && !isLeftOut) return { verdict: 'rejected', text: `no row was accepted; ${tally}` };
  if (quarantined > rows * spec.contract.quarantineShareMax) {
    const share = ((100 * quarantined) / rows).toFixed(1);
    return {
      verdict: 'rejected',
      text:
        `${share} % of the rows would be quarantined, more than the ${100 * spec.contract.quarantineShareMax} % ` +
        `that the contract allows; ${tally}`,
    };
  }
  return { verdict: 'accepted', text: tally };
}

/** The most frequent reasons, at most five: `amount.range 12, first on line 40`, with what there is to declare. */
function describeRules(counts: readonly RuleCount[], fixes: ReadonlyMap<string, string>): string {
  const worst = [...counts].sort((left, right) => right.rows - left.rows || (left.ruleId < right.ruleId ? -1 : 1));
  const shown = worst.slice(0, 5).map((count) => {
    if (count.line === null) return `${count.ruleId}: ${count.about}`;
    const fix = fixes.get(count.ruleId) ?? '';
    return `${count.ruleId} ${count.rows}, first on line ${count.line}${fix === '' ? '' : ` (${fix})`}`;
  });
  return shown.join('; ') + (worst.length > 5 ? `; ${worst.length - 5} more rules` : '');
}

/**
 * Its names are not said: they are content of a file that whoever reads this may not be allowed to see. Only the one
 * is that differs from a declared name by a slip. A column that history lacks is a wrong definition; one that traffic
 * lacks is missing everywhere, which serving allowed.
 */
function refuseAbsentColumns(table: OpenTable, spec: RowsSpec, unlabelled: MissingPolicy): void {
  if (unlabelled === 'allow' && table.format === 'ndjson') return;
  const [absent] = absentColumns(table, spec);
  if (absent === undefined) return;
  const declared = new Set(checkedColumns(spec).map((column) => column.name));
  const other = table.columns.map(({ name }) => name).filter((name) => !declared.has(name));
  throw new PerennialError('invalid_data', `${table.name} has no column ${absent}${sayOther(absent, other)}`, {
    path: absent,
    hint: 'Correct the name in the definition or in the file; upper and lower case count.',
  });
}

function sayOther(absent: string, names: readonly string[]): string {
  const count = names.length;
  const said = count === 0 ? '' : `; it has ${count === 1 ? 'one of another name' : `${count} of other names`}`;
  return sayNearest(absent, names) || said;
}

import { PerennialError } from '../../domain/words/errors.ts';
import { listNames, nearestName } from '../../domain/words/nearest-name.ts';
import type { RuleCount } from '../../domain/training/snapshot.ts';
import type { MissingPolicy, RuleSeverity } from '../../domain/spec/closed-sets.ts';
import type { ContractRule, ModelSpec } from '../../domain/spec/spec.ts';
import { absentColumns, checkRows, eventTimeRuleId, markDuplicates, type CheckedRows } from './check-rows.ts';
import type { Duck } from '../duck/connect.ts';
import type { OpenTable } from '../read/table-file.ts';
import { columnNamed, shapeRule } from './row-rules.ts';

export interface ValidateOptions {
  /** Unlabelled rows are normal in exported traffic and useless in history. */
  readonly unlabelled: MissingPolicy;
  /** The clock for freshness rules, epoch milliseconds. */
  readonly nowMs: number;
}

export interface ValidationReport {
  readonly rows: number;
  readonly accepted: number;
  readonly labelled: number;
  readonly quarantined: number;
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
  spec: ModelSpec,
  options: ValidateOptions,
): Promise<ValidationReport> {
  refuseAbsentColumns(table, spec, options.unlabelled);
  const checked = await checkRows(duck, table, spec, options.unlabelled);
  await markDuplicates(duck, spec, checked.columns);
  const target = columnNamed(checked.columns, spec.target.column).value;
  const [counts] = await duck.rows(
    `SELECT CAST(count(*) FILTER (NOT bad) AS DOUBLE) AS accepted, CAST(count(${target}) FILTER (NOT bad) AS DOUBLE)
      AS labelled FROM checked`,
  );
  const accepted = Number(counts?.['accepted'] ?? 0);
  const rows = checked.readable + checked.rejected;
  const ruleCounts = [
    ...(await countRowRules(duck, spec, checked)),
    ...(await countBatchRules(duck, spec, checked, rows, options.nowMs)),
  ];
  const report = {
    rows,
    accepted,
    labelled: Number(counts?.['labelled'] ?? 0),
    quarantined: rows - accepted,
    ruleCounts,
    checked,
  };
  return { ...report, ...judge(spec, report) };
}

function judge(
  spec: ModelSpec,
  report: Pick<ValidationReport, 'rows' | 'accepted' | 'quarantined' | 'ruleCounts'>,
): Pick<ValidationReport, 'verdict' | 'text'> {
  const { rows, accepted, quarantined, ruleCounts } = report;
  const reasons = describeRules(ruleCounts.filter((count) => count.severity !== 'warn'));
  const tally =
    `${rows} rows: ${accepted} accepted, ${quarantined} ` + `quarantined${reasons === '' ? '' : ` (${reasons})`}`;
  const refusing = ruleCounts.filter((count) => count.severity === 'reject');
  if (refusing.length > 0)
    return { verdict: 'rejected', text: `the contract refuses the whole batch: ${describeRules(refusing)}` };
  if (accepted === 0) return { verdict: 'rejected', text: `no row was accepted; ${tally}` };
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

/** The most frequent reasons, at most five: `amount.range 12 (first on line 40)`. */
export function describeRules(counts: readonly RuleCount[]): string {
  const worst = [...counts].sort((left, right) => right.rows - left.rows || (left.ruleId < right.ruleId ? -1 : 1));
  const shown = worst
    .slice(0, 5)
    .map((count) =>
      count.line === null
        ? `${count.ruleId}: ${count.about}`
        : `${count.ruleId} ${count.rows}, first on line ${count.line}`,
    );
  return shown.join('; ') + (worst.length > 5 ? `; ${worst.length - 5} more rules` : '');
}

async function countRowRules(duck: Duck, spec: ModelSpec, checked: CheckedRows): Promise<RuleCount[]> {
  const rows = await duck.rows(`SELECT id, CAST(count(*) AS DOUBLE) AS rows, CAST(min(line) AS DOUBLE) AS line FROM (
    SELECT unnest(ids) AS id, line FROM checked UNION ALL SELECT '${shapeRule.id}', line FROM rejected_rows) GROUP
    BY id ORDER BY id`);
  const known = new Map<string, { severity: RuleSeverity; about: string }>(
    checked.rules.map((rule) => [rule.id, rule]),
  );
  if (spec.eventTime !== null)
    known.set(eventTimeRuleId(spec.eventTime.column), {
      severity: 'quarantine',
      about: `${spec.eventTime.column} (the event time) is a time or a number`,
    });
  for (const rule of spec.contract.rules)
    if (rule.rule === 'unique')
      known.set(rule.id, { severity: rule.severity, about: `${rule.columns.join(' and ')} not seen before` });
  return rows.map((row) => {
    const ruleId = String(row['id']);
    const rule = known.get(ruleId);
    return {
      ruleId,
      severity: rule?.severity ?? 'quarantine',
      rows: Number(row['rows']),
      line: Number(row['line']),
      about: rule?.about ?? ruleId,
    };
  });
}

/** Rules about the batch as a whole; only the broken ones are returned. */
async function countBatchRules(
  duck: Duck,
  spec: ModelSpec,
  checked: CheckedRows,
  rows: number,
  nowMs: number,
): Promise<RuleCount[]> {
  const broken: RuleCount[] = [];
  if (spec.eventTime !== null && !checked.hasEventTime) {
    broken.push({
      ruleId: eventTimeRuleId(spec.eventTime.column),
      severity: 'warn',
      rows: 1,
      line: null,
      about: `${spec.eventTime.column} is empty in every row; rows are ordered as they stand in the file`,
    });
  }
  for (const rule of spec.contract.rules) {
    const about = await batchBreach(duck, rule, checked, rows, nowMs);
    if (about !== null) broken.push({ ruleId: rule.id, severity: rule.severity, rows: 1, line: null, about });
  }
  return broken;
}

async function batchBreach(
  duck: Duck,
  rule: ContractRule,
  checked: CheckedRows,
  rows: number,
  nowMs: number,
): Promise<string | null> {
  if (rule.rule === 'rowCount') {
    if (rows < rule.min) return `${rows} rows are fewer than ${rule.min}`;
    return rule.max !== undefined && rows > rule.max ? `${rows} rows are more than ${rule.max}` : null;
  }
  if (rule.rule === 'missingShare') {
    const { value } = columnNamed(checked.columns, rule.column);
    const [row] = await duck.rows(
      `SELECT CAST(count(*) - count(${value}) AS DOUBLE) AS missing, CAST(count(*) AS DOUBLE) AS rows FROM checked`,
    );
    const share = Number(row?.['missing'] ?? 0) / Math.max(1, Number(row?.['rows'] ?? 0));
    return share > rule.shareMax
      ? `${rule.column} is missing in ${(100 * share).toFixed(1)} % of the rows, more than ${100 * rule.shareMax} %`
      : null;
  }
  if (rule.rule !== 'freshness') return null;
  const column = columnNamed(checked.columns, rule.column);
  const [row] = await duck.rows(`SELECT CAST(max(${column.value}) AS DOUBLE) AS newest FROM checked`);
  const newest = row?.['newest'];
  if (typeof newest !== 'number') return `${rule.column} holds no time`;
  return nowMs - newest > rule.ageMsMax
    ? `the newest ${rule.column} is ${new Date(newest).toISOString()}, older than ${rule.ageMsMax} ms`
    : null;
}

/**
 * A column that history lacks is a wrong definition; one that traffic lacks is missing everywhere, which serving
 * allowed.
 */
function refuseAbsentColumns(table: OpenTable, spec: ModelSpec, unlabelled: MissingPolicy): void {
  if (unlabelled === 'allow' && table.format === 'ndjson') return;
  const [absent] = absentColumns(table, spec);
  if (absent === undefined) return;
  const names = table.columns.map((column) => column.name);
  const nearest = nearestName(absent, names);
  throw new PerennialError('invalid_data', `${table.name} has no column ${absent}; it has ${listNames(names)}`, {
    path: absent,
    ...(nearest === null ? {} : { hint: `Did you mean ${nearest}?` }),
  });
}

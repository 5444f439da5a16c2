import type { RowsSpec } from '../../domain/spec/columns/rows-spec.ts';
import type { ContractRule } from '../../domain/spec/spec.ts';
import type { RuleCount } from '../../domain/training/snapshot.ts';
import type { Duck } from '../duck/connect.ts';
import type { CheckedRows } from './check-rows.ts';
import { bareEventTimeOf, columnNamed } from '../../domain/contract/contract-columns.ts';
import { eventTimeRuleId } from '../../domain/contract/rules/time-rules.ts';
import { isSentinel } from '../read/cells/instants.ts';

/** Rules about the batch as a whole; only the broken ones are returned. */
export async function countBatchRules(
  duck: Duck,
  spec: RowsSpec,
  checked: CheckedRows,
  rows: number,
  nowMs: number,
): Promise<RuleCount[]> {
  const broken: RuleCount[] = [];
  if (rows > 0 && spec.eventTime !== null && !checked.hasEventTime) {
    broken.push({
      ruleId: eventTimeRuleId(spec.eventTime.column),
      severity: 'warn',
      rows: 1,
      line: null,
      about: `${spec.eventTime.column} is empty in every row; rows are ordered as they stand in the file`,
    });
  }
  for (const rule of spec.contract.rules) {
    const about = await batchBreach(duck, rule, checked, { rows, nowMs, bareEventTime: bareEventTimeOf(spec) });
    if (about !== null) broken.push({ ruleId: rule.id, severity: rule.severity, rows: 1, line: null, about });
  }
  return broken;
}

async function batchBreach(
  duck: Duck,
  rule: ContractRule,
  checked: CheckedRows,
  {
    rows,
    nowMs,
    bareEventTime,
  }: { readonly rows: number; readonly nowMs: number; readonly bareEventTime: string | null },
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
  // Of a bare event time it is known by now what its numbers count.
  const ms = rule.column === bareEventTime ? 'event_key' : columnNamed(checked.columns, rule.column).value;
  const [row] = await duck.rows(
    `SELECT CAST(max(${ms}) AS DOUBLE) AS newest FROM checked WHERE NOT bad AND NOT ${isSentinel(ms)}`,
  );
  const newest = row?.['newest'];
  if (typeof newest !== 'number') return `${rule.column} holds no time`;
  return nowMs - newest > rule.ageMsMax ? `the newest ${rule.column} is older than ${rule.ageMsMax} ms` : null;
}

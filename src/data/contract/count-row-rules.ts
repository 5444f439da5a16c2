import type { RowsSpec } from '../../domain/spec/columns/rows-spec.ts';
import type { RuleCount } from '../../domain/training/snapshot.ts';
import type { Duck } from '../duck/connect.ts';
import type { CheckedRows } from './check-rows.ts';
import { unreadableRules, type RuleSeverity } from '../../domain/spec/closed-sets.ts';
import { unreadableAbout } from './row-rule.ts';
import { eventTimeRuleId } from './time-rules.ts';

/** How many rows broke each rule about single rows, with the line of the first. */
export async function countRowRules(duck: Duck, spec: RowsSpec, checked: CheckedRows): Promise<RuleCount[]> {
  const rows = await duck.rows(`SELECT id, CAST(count(*) AS DOUBLE) AS rows, CAST(min(line) AS DOUBLE) AS line FROM (
    SELECT unnest(ids) AS id, line FROM checked UNION ALL SELECT rule, line FROM rejected_rows) GROUP
    BY id ORDER BY id`);
  const known = new Map<string, { severity: RuleSeverity; about: string }>(
    checked.rules.map((rule) => [rule.id, rule]),
  );
  for (const id of unreadableRules) known.set(id, { severity: 'quarantine', about: unreadableAbout[id] });
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

import type { RowsSpec } from '../../domain/spec/columns/rows-spec.ts';
import type { RuleCount } from '../../domain/training/snapshot.ts';
import type { Duck } from '../duck/connect.ts';
import type { CheckedRows } from './check-rows.ts';
import { sayShare } from '../../domain/words/say.ts';
import { unreadableRules, type RuleSeverity } from '../../domain/spec/closed-sets.ts';
import { aboutReference } from '../../domain/contract/document/say-rules.ts';
import { unreadableAbout } from '../../domain/contract/row-rule.ts';
import { aboutEventTime, eventTimeRuleId } from '../../domain/contract/rules/time-rules.ts';

/** How many rows broke each rule about single rows, with the line of the first. */
export async function countRowRules(duck: Duck, spec: RowsSpec, checked: CheckedRows): Promise<RuleCount[]> {
  const rows = await duck.rows(`SELECT id, CAST(count(*) AS DOUBLE) AS rows, CAST(min(line) AS DOUBLE) AS line FROM (
    SELECT unnest(ids) AS id, line FROM checked UNION ALL SELECT rule, line FROM rejected_rows) GROUP
    BY id ORDER BY id`);
  const known = new Map<string, { severity: RuleSeverity; about: string; tolerance?: number }>(
    checked.rules.map((rule) => [rule.id, rule]),
  );
  for (const id of unreadableRules) known.set(id, { severity: 'quarantine', about: unreadableAbout[id] });
  if (spec.eventTime !== null)
    known.set(eventTimeRuleId(spec.eventTime.column), {
      severity: 'quarantine',
      about: aboutEventTime(spec.eventTime.column),
    });
  for (const rule of spec.contract.rules)
    if (rule.rule === 'unique' || rule.rule === 'references')
      known.set(rule.id, {
        severity: rule.severity,
        about: rule.rule === 'unique' ? `${rule.columns.join(' and ')} not seen before` : aboutReference(rule),
        ...(rule.tolerance === undefined ? {} : { tolerance: rule.tolerance }),
      });
  const all = checked.readable + checked.rejected;
  return rows.map((row) => {
    const ruleId = String(row['id']);
    const rule = known.get(ruleId);
    const broken = Number(row['rows']);
    const { severity = 'quarantine', about = ruleId, tolerance = 0 } = rule ?? {};
    const count = { ruleId, severity, rows: broken, line: Number(row['line']), about };
    if (severity !== 'reject' || broken > tolerance * all) return count;
    return { ...count, severity: 'quarantine', about: `${about}; ${sayShare(tolerance)} of the rows may break it` };
  });
}

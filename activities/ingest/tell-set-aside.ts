import type { Db } from '../../src/db/base/connect.ts';
import { closeAlerts, openAlert } from '../../src/db/watching/alerts.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import type { RuleCount } from '../../src/domain/training/snapshot.ts';
import { sayShare } from '../../src/domain/words/say.ts';

interface LoggedRows {
  readonly runId: string;
  readonly rows: number;
  readonly quarantinedRows: number;
  readonly ruleCounts: readonly Pick<RuleCount, 'ruleId' | 'rows' | 'severity'>[];
}

/**
 * Answered rows that a training cannot learn from: an alert says so when they are more than the share that the contract
 * allows, and ends when they are not. They are missing in silence otherwise, and never the same rows at random.
 */
export async function tellSetAside(db: Db, spec: ModelSpec, logged: LoggedRows): Promise<void> {
  const { rows, quarantinedRows } = logged;
  const all = rows + quarantinedRows;
  const { quarantineShareMax } = spec.contract;
  if (quarantinedRows <= all * quarantineShareMax) return closeAlerts(db, spec.name, ['rows-set-aside']);
  const share = sayShare(quarantinedRows / all);
  const rules = logged.ruleCounts
    .filter(({ severity }) => severity !== 'warn')
    .toSorted((left, right) => right.rows - left.rows)
    .slice(0, 5)
    .map((rule) => `${rule.ruleId} ${rule.rows}`);
  await openAlert(db, {
    model: spec.name,
    kind: 'rows-set-aside',
    subject: { of: 'run', runId: logged.runId },
    severity: 'warning',
    title: `${share} of the labelled traffic cannot be learnt from`,
    body:
      `${quarantinedRows} of ${all} answered rows were set aside by the training, more than the ` +
      `${sayShare(quarantineShareMax)} that the contract allows${rules.length === 0 ? '' : `: ${rules.join(', ')}`}. ` +
      `Their values or labels do not fit this revision of the definition.`,
    webhooks: spec.watch.webhooks,
  });
}

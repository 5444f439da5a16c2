import type { Db } from '../../src/db/base/connect.ts';
import { closeAlerts, forgetClosedByHand, openAlert, openSubjects } from '../../src/db/watching/alerts.ts';
import type { Occasion } from '../../src/domain/record/occasion.ts';
import { isAboutBatches } from '../../src/domain/spec/columns/rule-subject.ts';
import { membersOf } from '../../src/domain/spec/source-spec.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import type { SnapshotManifest } from '../../src/domain/training/snapshot.ts';
import { cut } from '../../src/domain/words/cut.ts';
import { charsMax } from '../../src/domain/words/limits.ts';

const kind = 'batch-rule';

/**
 * Rules about batches that only warn: an alert says which one this batch broke, once while it lasts, and ends with the
 * first batch that keeps it, or with the rule or its source. A rule that was not asked yet says nothing. Of a union
 * each source has its own: what one of them keeps does not take back what another broke.
 */
export async function tellBatchRules(
  db: Db,
  spec: ModelSpec,
  manifest: Pick<SnapshotManifest, 'ruleCounts' | 'batchChecks' | 'member'>,
): Promise<void> {
  const rules = spec.contract.rules.filter((rule) => isAboutBatches(rule) && rule.severity === 'warn');
  const declared = new Set(rules.map(({ id }) => id));
  const members = new Set(membersOf(spec.source).map(([name]) => name));
  for (const subject of await openSubjects(db, spec.name, kind))
    // oxlint-disable-next-line no-await-in-loop -- as many as there are rules
    if (subject.of === 'rule' && !(declared.has(subject.ruleId) && members.has(subject.member)))
      await closeAlerts(db, spec.name, [kind], { about: subject });
  const { ruleCounts, batchChecks = [], member = null } = manifest;
  const notYet = new Set(batchChecks.filter(({ verdict }) => verdict === 'not-yet').map(({ ruleId }) => ruleId));
  for (const { id } of rules) {
    if (notYet.has(id)) continue;
    const subject: Occasion = { of: 'rule', ruleId: id, member };
    const broken = ruleCounts.find(({ ruleId }) => ruleId === id);
    // oxlint-disable-next-line no-await-in-loop -- one rule after the other
    if (broken !== undefined) await ring(db, spec, subject, broken.about);
    else {
      // oxlint-disable-next-line no-await-in-loop -- as above
      await closeAlerts(db, spec.name, [kind], { about: subject });
      // oxlint-disable-next-line no-await-in-loop -- as above
      await forgetClosedByHand(db, spec.name, kind, subject);
    }
  }
}

async function ring(
  db: Db,
  { name, watch }: ModelSpec,
  subject: Extract<Occasion, { readonly of: 'rule' }>,
  about: string,
): Promise<void> {
  const { ruleId, member } = subject;
  await openAlert(db, {
    model: name,
    kind,
    subject,
    severity: 'warning',
    title: cut(`A batch${member === null ? '' : ` of ${member}`} broke the rule ${ruleId}`, charsMax.failure),
    body: `${about}. The batch was taken: the rule only warns. This ends with the first batch that keeps it.`,
    webhooks: watch.webhooks,
  });
}

import type { AlertKind } from '../../src/domain/record/closed-sets.ts';
import { openAlert } from '../../src/db/watching/alerts.ts';
import type { Db } from '../../src/db/base/connect.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import type { RolloutRow } from '../../src/db/routing/rollouts.ts';

/** Opens the alert of a rollout that needs a person or has ended without one. */
export async function tell(
  db: Db,
  row: RolloutRow,
  kind: Extract<AlertKind, 'held' | 'rolled-back'>,
  title: string,
  body: string,
): Promise<void> {
  const { spec } = await readSpecRevision(db, row.model, row.specRevision);
  await openAlert(db, {
    model: row.model,
    kind,
    subject: { of: 'rollout', version: row.version, attempt: row.attempt },
    severity: 'warning',
    title,
    body,
    webhooks: spec.watch.webhooks,
  });
}

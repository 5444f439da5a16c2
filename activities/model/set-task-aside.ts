import { appendAudit } from '../../src/db/audit/audit.ts';
import { withTransaction } from '../../src/db/base/connect.ts';
import { readCurrentSpec } from '../../src/db/models/specs.ts';
import { markPerformed } from '../../src/db/people/command-effects.ts';
import { findCommand } from '../../src/db/people/commands.ts';
import { openAlert } from '../../src/db/watching/alerts.ts';
import { workflowIds } from '../../src/domain/words/ids.ts';
import { parseOccasion } from '../../src/domain/record/occasion.ts';
import type { ActivityDependencies } from '../dependencies.ts';

export interface FailedTask {
  readonly model: string;
  /** What was to be done, in a few words. */
  readonly about: string;
  /** The occasion that it was about, as text. */
  readonly subject: string;
  readonly commandId: string | null;
  readonly reason: string;
}

export function setTaskAsideActivities({ database }: ActivityDependencies) {
  /** A task that cannot be done is written down with its reason and rings: its model goes on with the next one. */
  async function setTaskAside({ model, about, subject, commandId, reason }: FailedTask): Promise<void> {
    const { spec } = await readCurrentSpec(database.db, model);
    await withTransaction(database, async (tx) => {
      const row = commandId === null ? null : await findCommand(tx, commandId);
      if (row !== null && row.model === model && row.performedAt === null) {
        await markPerformed(tx, row.commandId, reason);
        await appendAudit(tx, {
          type: 'perennial.command.failed',
          model,
          subject: { of: 'command', id: row.commandId },
          actor: 'model',
          reason,
          runId: workflowIds.model(model),
          data: { kind: row.kind },
        });
      }
      await openAlert(tx, {
        model,
        kind: 'task-failed',
        subject: parseOccasion(subject) ?? { of: 'refusal', version: null },
        severity: 'critical',
        title: `${about} of ${model} could not be done`,
        body: `${reason} The model goes on; ask for it again when the reason is gone.`,
        webhooks: spec.watch.webhooks,
      });
    });
  }

  return { setTaskAside };
}

import { and, eq, isNotNull, sql } from 'drizzle-orm';
import type { CommandMessage } from '../../src/domain/record/messages.ts';
import { workflowIds } from '../../src/domain/words/ids.ts';
import { appendAudit } from '../../src/db/audit/audit.ts';
import { withTransaction } from '../../src/db/base/connect.ts';
import { model } from '../../src/db/schema/index.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { isAuthorised } from './verify-command.ts';

export function setPausedActivities({ database }: ActivityDependencies) {
  const { db } = database;

  async function setPaused(input: {
    readonly model: string;
    readonly paused: boolean;
    readonly message: CommandMessage;
  }): Promise<void> {
    const { message } = input;
    if (
      !input.paused &&
      !(await isAuthorised(db, { model: input.model, kind: 'resume', commandId: message.commandId }))
    )
      return;
    const by = message.commandId === null ? `unauthenticated, through Temporal (${message.actor})` : message.actor;
    await withTransaction(database, async (tx) => {
      // A retried activity finds the state that it made: no second row in the audit.
      const state = input.paused
        ? { pausedBy: by, pausedReason: message.reason }
        : { pausedBy: null, pausedReason: null };
      const changes = input.paused
        ? sql`(${model.pausedBy} is distinct from ${by} or ${model.pausedReason} is distinct from ${message.reason})`
        : isNotNull(model.pausedBy);
      const changed = await tx
        .update(model)
        .set(state)
        .where(and(eq(model.name, input.model), changes))
        .returning({ name: model.name });
      if (changed.length === 0) return;
      const type = input.paused ? 'perennial.model.paused' : 'perennial.model.resumed';
      await appendAudit(tx, {
        type,
        model: input.model,
        subject: { of: 'model', model: input.model },
        actor: by,
        reason: message.reason,
        runId: workflowIds.model(input.model),
        data: { commandId: message.commandId },
      });
    });
  }

  return { setPaused };
}

import { and, eq, isNotNull, sql } from 'drizzle-orm';
import type { CommandMessage } from '../../src/domain/record/messages.ts';
import { workflowIds } from '../../src/domain/words/ids.ts';
import { appendAudit } from '../../src/db/audit/audit.ts';
import { withTransaction, type Db } from '../../src/db/base/connect.ts';
import { performOnce } from '../../src/db/people/command-effects.ts';
import { model } from '../../src/db/schema/index.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { isAuthorised } from './verify-command.ts';

interface PausedInput {
  readonly model: string;
  readonly paused: boolean;
  readonly message: CommandMessage;
}

export function setPausedActivities({ database }: ActivityDependencies) {
  const { db } = database;

  /** Once per command: a pause that is delivered again must not undo the resumption that came after it. */
  async function setPaused(input: PausedInput): Promise<void> {
    const { message, paused } = input;
    const kind = paused ? 'pause' : 'resume';
    const hasRow = await isAuthorised(db, { model: input.model, kind, commandId: message.commandId });
    if (!paused && !hasRow) return;
    const use = { commandId: hasRow ? message.commandId : null, model: input.model };
    await withTransaction(database, (tx) => performOnce(tx, use, () => change(tx, input)));
  }

  return { setPaused };
}

async function change(tx: Db, { model: name, paused, message }: PausedInput): Promise<Record<string, never>> {
  const by = message.commandId === null ? `unauthenticated, through Temporal (${message.actor})` : message.actor;
  // A retried activity finds the state that it made: no second row in the audit.
  const changes = paused
    ? sql`(${model.pausedBy} is distinct from ${by} or ${model.pausedReason} is distinct from ${message.reason})`
    : isNotNull(model.pausedBy);
  const changed = await tx
    .update(model)
    .set({ pausedBy: paused ? by : null, pausedReason: paused ? message.reason : null })
    .where(and(eq(model.name, name), changes))
    .returning({ name: model.name });
  if (changed.length === 0) return {};
  await appendAudit(tx, {
    type: paused ? 'perennial.model.paused' : 'perennial.model.resumed',
    model: name,
    subject: { of: 'model', model: name },
    actor: by,
    reason: message.reason,
    runId: workflowIds.model(name),
    data: { commandId: message.commandId },
  });
  return {};
}

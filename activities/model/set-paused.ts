import { and, eq, isNotNull, sql } from 'drizzle-orm';
import type { CommandMessage } from '../../src/domain/record/messages.ts';
import { workflowIds } from '../../src/domain/words/ids.ts';
import { appendAudit } from '../../src/db/audit/audit.ts';
import { withTransaction, type Db } from '../../src/db/base/connect.ts';
import { authorityOf, unauthenticated, type Authority } from '../../src/db/people/command-authority.ts';
import { performOnce } from '../../src/db/people/command-effects.ts';
import { model } from '../../src/db/schema/index.ts';
import type { ActivityDependencies } from '../dependencies.ts';

interface PausedInput {
  readonly model: string;
  readonly paused: boolean;
  readonly message: CommandMessage;
}

export function setPausedActivities({ database }: ActivityDependencies) {
  /**
   * Once per command: a pause that is delivered again must not undo the resumption that came after it. Without one
   * anybody may pause, which is written down so, and nobody resume.
   */
  async function setPaused({ model: name, paused, message }: PausedInput): Promise<void> {
    const kinds = [paused ? 'pause' : 'resume'] as const;
    await withTransaction(database, async (tx) => {
      const authority = await authorityOf(tx, { model: name, kinds, commandId: message.commandId });
      if (!paused && authority === null) return;
      const said = authority ?? { commandId: null, actor: unauthenticated(message.actor), reason: message.reason };
      await performOnce(tx, { commandId: said.commandId, model: name }, () => change(tx, name, paused, said));
    });
  }

  return { setPaused };
}

type Said = Pick<Authority, 'actor' | 'reason'> & { readonly commandId: string | null };

async function change(tx: Db, name: string, paused: boolean, said: Said): Promise<Record<string, never>> {
  const { commandId, actor: by, reason } = said;
  // A retried activity finds the state that it made: no second row in the audit.
  const changes = paused
    ? sql`(${model.pausedBy} is distinct from ${by} or ${model.pausedReason} is distinct from ${reason})`
    : isNotNull(model.pausedBy);
  const changed = await tx
    .update(model)
    .set({ pausedBy: paused ? by : null, pausedReason: paused ? reason : null })
    .where(and(eq(model.name, name), changes))
    .returning({ name: model.name });
  if (changed.length === 0) return {};
  await appendAudit(tx, {
    type: paused ? 'perennial.model.paused' : 'perennial.model.resumed',
    model: name,
    subject: { of: 'model', model: name },
    actor: by,
    reason,
    runId: workflowIds.model(name),
    data: { commandId },
  });
  return {};
}

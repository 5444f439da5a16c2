import type { CommandStatus } from '../../domain/record/closed-sets.ts';
import { and, eq, sql } from 'drizzle-orm';
import { deliveredCommandKinds, type CommandKind } from '../../domain/record/messages.ts';
import { appendAudit } from '../audit/audit.ts';
import { atomically, type Db } from '../base/connect.ts';
import { command } from '../schema/index.ts';

export type CommandRow = typeof command.$inferSelect;

export interface NewCommand {
  readonly commandId: string;
  readonly model: string;
  readonly kind: CommandKind;
  readonly actor: string;
  readonly body: Record<string, unknown>;
  /** SHA-256 (hex) over kind, model and body: tells a repeated command from another one under the same id. */
  readonly bodyHash: string;
  /** Of whoever asks; for the audit. */
  readonly tokenId?: string | null;
}

async function auditCommand(tx: Db, row: CommandRow, tokenId: string | null): Promise<void> {
  const { reason, ...asked } = row.body;
  await appendAudit(tx, {
    type: 'perennial.command.recorded',
    model: row.model,
    subject: { of: 'command', id: row.commandId },
    actor: row.actor,
    tokenId,
    reason: typeof reason === 'string' && reason !== '' ? reason : row.kind,
    data: { kind: row.kind, asked },
  });
}

export interface CommandAnswer {
  readonly status: Exclude<CommandStatus, 'accepted'>;
  readonly answer: Record<string, unknown>;
}

/** Writes the command's row unless its id is known; returns the row that stands. */
export async function recordCommand(
  db: Db,
  given: NewCommand,
): Promise<{ readonly isNew: boolean; readonly row: CommandRow }> {
  const { tokenId, ...values } = given;
  const inserted = await atomically(db, async (tx) => {
    const [row] = await tx
      .insert(command)
      .values({ ...values, status: 'accepted' })
      .onConflictDoNothing()
      .returning();
    if (row !== undefined) await auditCommand(tx, row, tokenId ?? null);
    return row;
  });
  if (inserted !== undefined) return { isNew: true, row: inserted };
  const row = await findCommand(db, given.commandId);
  if (row === null) throw new Error(`command ${given.commandId} vanished between insert and read`);
  return { isNew: false, row };
}

/** Null for an id that no row has; what was typed into the Temporal Web UI need not even be one. */
export async function findCommand(db: Db, commandId: string): Promise<CommandRow | null> {
  if (!/^[0-9a-f-]{36}$/i.test(commandId)) return null;
  const [row] = await db.select().from(command).where(eq(command.commandId, commandId));
  return row ?? null;
}

/** What no workflow owes is performed when it is answered. */
const performedWhenAnswered = sql`case when ${command.kind} in ${deliveredCommandKinds} then ${command.performedAt}
  else coalesce(${command.performedAt}, now()) end`;

/** Stores the first answer; a later one is dropped. Returns the answer that stands. */
export async function answerCommand(db: Db, commandId: string, given: CommandAnswer): Promise<CommandAnswer> {
  const [updated] = await db
    .update(command)
    .set({ status: given.status, answer: given.answer, answeredAt: sql`now()`, performedAt: performedWhenAnswered })
    .where(and(eq(command.commandId, commandId), eq(command.status, 'accepted')))
    .returning({ id: command.commandId });
  if (updated !== undefined) return given;
  const row = await findCommand(db, commandId);
  if (row === null || row.status === 'accepted' || row.answer === null) return given;
  return { status: row.status, answer: row.answer };
}

/** True when an apply of this revision has reached the model's workflow: one that crashed before is delivered again. */
export async function isRevisionDelivered(db: Db, model: string, revision: number): Promise<boolean> {
  const [row] = await db
    .select({ id: command.commandId })
    .from(command)
    .where(
      and(
        eq(command.model, model),
        eq(command.kind, 'apply'),
        eq(command.status, 'done'),
        sql`(${command.answer} ->> 'revision')::int = ${revision}`,
      ),
    )
    .limit(1);
  return row !== undefined;
}

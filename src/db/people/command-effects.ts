import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { command, commandEffect } from '../schema/index.ts';

/** Which command works upon which model; without a command (a guard, a word typed into Temporal) nothing is known. */
export interface CommandUse {
  readonly commandId: string | null;
  readonly model: string;
}

/**
 * Works for a command upon a model once: whoever delivers the same command again gets what came of it the first time.
 * The row stands with the work or not at all, and of two deliveries at once the second waits for the first.
 */
export async function onceFor<T extends Record<string, unknown>>(
  tx: Db,
  { commandId, model }: CommandUse,
  work: () => Promise<T>,
): Promise<T> {
  if (commandId === null) return work();
  const taken = await tx
    .insert(commandEffect)
    .values({ commandId, model, outcome: {} })
    .onConflictDoNothing()
    .returning({ model: commandEffect.model });
  const isTheUse = and(eq(commandEffect.commandId, commandId), eq(commandEffect.model, model));
  if (taken.length === 0) {
    const [known] = await tx.select({ outcome: commandEffect.outcome }).from(commandEffect).where(isTheUse);
    // The stored document is what `work` once gave for the same command: its shape is this one's.
    return (known?.outcome ?? {}) as T;
  }
  const outcome = await work();
  await tx.update(commandEffect).set({ outcome }).where(isTheUse);
  return outcome;
}

/** What came of a command upon a model before; null where nothing did. */
export async function outcomeOf<T extends Record<string, unknown>>(
  db: Db,
  { commandId, model }: { readonly commandId: string; readonly model: string },
): Promise<T | null> {
  const [known] = await db
    .select({ outcome: commandEffect.outcome })
    .from(commandEffect)
    .where(and(eq(commandEffect.commandId, commandId), eq(commandEffect.model, model)));
  // The stored document is what the same command once gave: its shape is this one's.
  return (known?.outcome ?? null) as T | null;
}

/**
 * The same for a command of one model, which is performed with it; null for one of which nothing came before: its maker
 * was told so, and it must not come to life later.
 */
export async function performOnce<T extends Record<string, unknown>>(
  tx: Db,
  use: CommandUse,
  work: () => Promise<T>,
): Promise<T | null> {
  if (use.commandId === null) return work();
  const [row] = await tx
    .select({ failure: command.failure })
    .from(command)
    .where(eq(command.commandId, use.commandId))
    .for('update');
  if ((row?.failure ?? null) !== null) return null;
  const outcome = await onceFor(tx, use, work);
  await markPerformed(tx, use.commandId);
  return outcome;
}

/** Nothing is left to do for it; `failure` says why nothing came of it. The first word stays. */
export async function markPerformed(tx: Db, commandId: string, failure: string | null = null): Promise<void> {
  await tx
    .update(command)
    .set({ performedAt: sql`now()`, failure })
    .where(and(eq(command.commandId, commandId), isNull(command.performedAt)));
}

/**
 * What the command is aimed at, resolved once: a repetition means the same thing, whatever has changed since. Null when
 * there is nothing to aim at; that is not remembered.
 */
export async function aimCommand<T extends Record<string, unknown>>(
  db: Db,
  commandId: string,
  resolve: () => Promise<T | null>,
): Promise<T | null> {
  const known = await targetOf<T>(db, commandId);
  if (known !== null) return known;
  const target = await resolve();
  if (target === null) return null;
  await db
    .update(command)
    .set({ target })
    .where(and(eq(command.commandId, commandId), isNull(command.target)));
  return (await targetOf<T>(db, commandId)) ?? target;
}

async function targetOf<T>(db: Db, commandId: string): Promise<T | null> {
  const [row] = await db.select({ target: command.target }).from(command).where(eq(command.commandId, commandId));
  return (row?.target ?? null) as T | null;
}

import type { FreezeKind } from '../../domain/record/closed-sets.ts';
import { desc, eq, inArray } from 'drizzle-orm';
import { frozenUntil, sayFrozenUntil } from '../../domain/spec/freeze/freeze-window.ts';
import type { RolloutSpec } from '../../domain/spec/spec.ts';
import type { Db } from '../base/connect.ts';
import { freeze } from '../schema/index.ts';

/** A freeze of one model, or of all (`*`). Models are fewer than this. */
const listedMax = 10_000;

export interface Freeze {
  /** `*` for all models. */
  readonly model: string;
  readonly kind: FreezeKind;
  readonly actor: string;
  readonly reason: string;
  readonly since: Date;
}

/** All that stand now, latest first. */
export async function listFreezes(db: Db): Promise<readonly Freeze[]> {
  return db.select().from(freeze).orderBy(desc(freeze.since)).limit(listedMax);
}

/** What freezes a model: its own freeze before one of all models; null when nothing does. */
export async function freezeOf(db: Db, model: string): Promise<Freeze | null> {
  const rows = await db
    .select()
    .from(freeze)
    .where(inArray(freeze.model, [model, '*']));
  return rows.find((row) => row.model === model) ?? rows[0] ?? null;
}

/** Why a rollout does not move forward by itself now. */
export interface Standstill {
  readonly reason: string;
  /** The end of a freeze window of its plan; null for a person's freeze, which ends when somebody thaws it. */
  readonly untilMs: number | null;
}

/** A person's freeze before a freeze window of the plan; null when the rollout may move. */
export async function standstillOf(
  db: Db,
  model: string,
  plan: Pick<RolloutSpec, 'freezeWindows'>,
  nowMs: number,
): Promise<Standstill | null> {
  const frozen = await freezeOf(db, model);
  return frozen === null ? windowOf(plan, nowMs) : { reason: sayFreeze(frozen), untilMs: null };
}

/** The freeze window of the plan that holds at an instant, if one does. */
export function windowOf(
  { freezeWindows = [] }: Pick<RolloutSpec, 'freezeWindows'>,
  nowMs: number,
): (Standstill & { readonly untilMs: number }) | null {
  const untilMs = frozenUntil(freezeWindows, nowMs);
  return untilMs === null ? null : { reason: sayFrozenUntil(freezeWindows, untilMs), untilMs };
}

/**
 * Puts a freeze in place or, where one stands, gives it the newer word; a freeze never weakens a kill. Returns what
 * stood.
 */
export async function putFreeze(tx: Db, row: Omit<Freeze, 'since'>): Promise<Freeze | null> {
  const [before] = await tx.select().from(freeze).where(eq(freeze.model, row.model)).for('update');
  const kind = before?.kind === 'kill' ? 'kill' : row.kind;
  await tx
    .insert(freeze)
    .values({ ...row, kind })
    .onConflictDoUpdate({
      target: freeze.model,
      set: { kind, actor: row.actor, reason: row.reason, since: new Date() },
    });
  return before ?? null;
}

/** Takes a freeze away. Returns what stood, null when nothing did. */
export async function removeFreeze(tx: Db, model: string): Promise<Freeze | null> {
  const [row] = await tx.delete(freeze).where(eq(freeze.model, model)).returning();
  return row ?? null;
}

/** One clause for reasons and alerts: who, and why. */
export function sayFreeze(frozen: Pick<Freeze, 'model' | 'actor' | 'reason' | 'kind'>): string {
  const what =
    frozen.model === '*'
      ? 'every model is frozen'
      : frozen.kind === 'kill'
        ? 'the kill switch was pulled and the model is frozen'
        : 'the model is frozen';
  return `${what} by ${frozen.actor}: ${frozen.reason}`;
}

import { and, asc, eq } from 'drizzle-orm';
import { suspicionName, type Suspected } from '../../domain/training/leakage/allowance.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { Db } from '../base/connect.ts';
import { lockModel } from './lock-model.ts';
import { leakageAllowance } from '../schema/index.ts';

export type AllowanceRow = typeof leakageAllowance.$inferSelect;

/** Standing ones of one model: each is read at every training. */
export const allowancesMax = 200;

interface Allowance extends Suspected {
  readonly model: string;
}

/** Throws `conflict` where it stands already, and where there are as many as there may be. */
export async function putAllowance(
  tx: Db,
  { model, column, kind, actor, reason }: Allowance & { readonly actor: string; readonly reason: string },
): Promise<void> {
  // Two could both be the last that fits.
  await lockModel(tx, model);
  if ((await tx.$count(leakageAllowance, eq(leakageAllowance.model, model))) >= allowancesMax)
    throw new PerennialError('conflict', `"${model}" has ${allowancesMax} allowances, which is the most.`, {
      path: 'suspicion',
      hint: 'Revoke one of a feature that is gone: `perennial training revoke`.',
    });
  const made = await tx
    .insert(leakageAllowance)
    .values({ model, feature: column, kind, actor, reason })
    .onConflictDoNothing()
    .returning({ model: leakageAllowance.model });
  if (made.length > 0) return;
  throw new PerennialError('conflict', `${suspicionName({ column, kind })} of "${model}" is allowed already.`, {
    path: 'suspicion',
    hint: 'See `perennial training allowances`.',
  });
}

/** Throws `conflict` where nobody allowed it. */
export async function removeAllowance(tx: Db, { model, column, kind }: Allowance): Promise<void> {
  const gone = await tx
    .delete(leakageAllowance)
    .where(
      and(eq(leakageAllowance.model, model), eq(leakageAllowance.feature, column), eq(leakageAllowance.kind, kind)),
    )
    .returning({ model: leakageAllowance.model });
  if (gone.length > 0) return;
  throw new PerennialError('conflict', `Nobody has allowed ${suspicionName({ column, kind })} of "${model}".`, {
    path: 'suspicion',
    hint: 'See `perennial training allowances`. What the definition allows is taken back there.',
  });
}

/** By feature and kind. */
export async function allowancesOf(db: Db, model: string): Promise<readonly AllowanceRow[]> {
  return db
    .select()
    .from(leakageAllowance)
    .where(eq(leakageAllowance.model, model))
    .orderBy(asc(leakageAllowance.feature), asc(leakageAllowance.kind))
    .limit(allowancesMax);
}

/** Their names, as a training is told them. */
export async function allowedSuspicions(db: Db, model: string): Promise<readonly string[]> {
  return (await allowancesOf(db, model)).map(({ feature, kind }) => suspicionName({ column: feature, kind }));
}

import { and, eq, isNull, lte, sql } from 'drizzle-orm';
import { parseOccasion } from '../../domain/record/occasion.ts';
import type { Db } from '../base/connect.ts';
import { command, commandEffect } from '../schema/index.ts';

/**
 * Known as soon as the definition stands: a decision may come before whoever asked for it has been answered. Commands
 * of earlier releases have it in their answer alone.
 */
const appliedRevision = sql`coalesce((select (${commandEffect.outcome} ->> 'revision')::int from ${commandEffect}
  where ${commandEffect.commandId} = ${command.commandId} and ${commandEffect.model} = ${command.model}),
  (${command.answer} ->> 'revision')::int)`;

/**
 * With the decision, what asked for it is performed: the request of a person, or the definitions up to the revision
 * that was applied. To be called in the decision's transaction, also when it stands already.
 */
export async function performDecided(tx: Db, decided: { readonly model: string; readonly key: string }): Promise<void> {
  const occasion = parseOccasion(decided.key);
  const asked =
    occasion?.of === 'command'
      ? and(eq(command.kind, 'retrain'), eq(sql`${command.commandId}::text`, occasion.commandId))
      : occasion?.of === 'apply'
        ? and(eq(command.kind, 'apply'), lte(appliedRevision, occasion.specRevision))
        : null;
  if (asked === null) return;
  await tx
    .update(command)
    .set({ performedAt: sql`now()` })
    .where(and(eq(command.model, decided.model), isNull(command.performedAt), asked));
}

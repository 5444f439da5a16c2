import { and, eq, inArray, isNull, ne, sql } from 'drizzle-orm';
import { rolloutCommandKinds } from '../../domain/record/messages.ts';
import type { RolloutKey } from '../../domain/words/ids.ts';
import type { Db } from '../base/connect.ts';
import { command } from '../schema/index.ts';
import { markPerformed } from './command-effects.ts';

/**
 * With the end of a rollout, everything that people said to it is settled: the words that ended it are performed, and
 * of any other nothing came. To be called in the transaction of the end.
 */
export async function settleDecisions(
  tx: Db,
  key: RolloutKey,
  end: { readonly reason: string; readonly commandId?: string | null; readonly together?: readonly string[] },
): Promise<void> {
  const isToThisRollout = and(
    eq(command.model, key.model),
    inArray(command.kind, rolloutCommandKinds),
    isNull(command.performedAt),
    ne(command.status, 'refused'),
    sql`(${command.target} ->> 'version')::int = ${key.version}`,
    sql`(${command.target} ->> 'attempt')::int = ${key.attempt}`,
  );
  const said = await tx.select({ commandId: command.commandId }).from(command).where(isToThisRollout);
  for (const { commandId } of said) {
    const hasEndedIt = commandId === end.commandId || end.together?.includes(commandId) === true;
    const failure = hasEndedIt ? null : `The rollout had ended: ${end.reason}`;
    // oxlint-disable-next-line no-await-in-loop -- one or two words were said to a rollout
    await markPerformed(tx, commandId, failure);
  }
}

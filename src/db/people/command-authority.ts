import { eq } from 'drizzle-orm';
import type { CommandKind } from '../../domain/record/messages.ts';
import type { Db } from '../base/connect.ts';
import { command } from '../schema/index.ts';
import type { CommandRow } from './commands.ts';

/** What a word that came through Temporal says of itself. Anybody who reaches Temporal can say anything. */
export interface CommandClaim {
  readonly model: string;
  readonly kinds: readonly CommandKind[];
  readonly commandId: string | null;
  /** True for a row that asks for just what is about to be done; absent where the kind says it all. */
  readonly isAimedAt?: (row: CommandRow) => boolean;
}

/** Who is written down, and why: what the row of the command says, never what came with the word. */
export interface Authority {
  readonly commandId: string;
  readonly actor: string;
  readonly reason: string;
  readonly row: CommandRow;
}

const uuidPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The authorised command behind a word: a row of that model, kind and target that was not refused. It is locked until
 * the transaction ends, so that it cannot be used or refused meanwhile. Null for everything else. That it is used once
 * is the business of `performOnce`, in the same transaction.
 */
export async function authorityOf(tx: Db, claim: CommandClaim): Promise<Authority | null> {
  const { model, kinds, commandId, isAimedAt = () => true } = claim;
  // An id that is none would be an error of the query, and would be tried again for ever.
  if (commandId === null || !uuidPattern.test(commandId)) return null;
  const [row] = await tx.select().from(command).where(eq(command.commandId, commandId)).for('update');
  if (row === undefined || row.model !== model || row.status === 'refused') return null;
  if (!kinds.some((kind) => kind === row.kind) || !isAimedAt(row)) return null;
  const { reason } = row.body;
  return { commandId: row.commandId, actor: row.actor, reason: typeof reason === 'string' ? reason : '', row };
}

/** Who is written down where no command stands behind a word. */
export function unauthenticated(actor: string): string {
  const prefix = 'unauthenticated, through Temporal';
  return actor.startsWith(prefix) ? actor : `${prefix} (${actor})`;
}

import type { Db } from '../../src/db/base/connect.ts';
import { findCommand, type CommandRow } from '../../src/db/people/commands.ts';
import type { ActivityDependencies } from '../dependencies.ts';

export interface CommandClaim {
  readonly model: string;
  readonly kind: string;
  readonly commandId: string | null;
}

export function verifyCommandActivities({ database }: ActivityDependencies) {
  /** True while the command is authorised and nothing has come of it yet. */
  async function verifyCommand(input: CommandClaim): Promise<boolean> {
    const row = await authorisedCommand(database.db, input);
    return row !== null && row.performedAt === null;
  }

  return { verifyCommand };
}

/** An Update carries a command id; only the row behind it says that somebody was allowed to. */
export async function isAuthorised(db: Db, claim: CommandClaim): Promise<boolean> {
  return (await authorisedCommand(db, claim)) !== null;
}

async function authorisedCommand(db: Db, { model, kind, commandId }: CommandClaim): Promise<CommandRow | null> {
  if (commandId === null || !/^[0-9a-f-]{36}$/i.test(commandId)) return null;
  const row = await findCommand(db, commandId);
  return row?.model === model && row.kind === kind ? row : null;
}

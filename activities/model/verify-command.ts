import type { Db } from '../../src/db/base/connect.ts';
import { findCommand } from '../../src/db/people/commands.ts';
import type { ActivityDependencies } from '../dependencies.ts';

export interface CommandClaim {
  readonly model: string;
  readonly kind: string;
  readonly commandId: string | null;
}

export function verifyCommandActivities({ database }: ActivityDependencies) {
  async function verifyCommand(input: CommandClaim): Promise<boolean> {
    return isAuthorised(database.db, input);
  }

  return { verifyCommand };
}

/** An Update carries a command id; only the row behind it says that somebody was allowed to. */
export async function isAuthorised(db: Db, { model, kind, commandId }: CommandClaim): Promise<boolean> {
  if (commandId === null || !/^[0-9a-f-]{36}$/i.test(commandId)) return false;
  const row = await findCommand(db, commandId);
  return row !== null && row.model === model && row.kind === kind;
}

import { authorise } from '../../access/principal.ts';
import { isInScope } from '../../access/scope.ts';
import type { FreezeView } from '../../contracts/http/command-requests.ts';
import { listFreezes, type Freeze } from '../../db/routing/freezes.ts';
import type { CommandContext } from '../base/context.ts';
import { everyModel } from './freeze.ts';

/** What is frozen now, latest first, as far as the scope covers it; a freeze of every model concerns everybody. */
export async function freezes(context: CommandContext): Promise<readonly FreezeView[]> {
  authorise(context.principal, 'read', null);
  const rows = await listFreezes(context.database.db);
  return rows
    .filter((row) => row.model === everyModel || isInScope(context.principal.scope, row.model))
    .map(freezeViewOf);
}

export function freezeViewOf(row: Freeze): FreezeView {
  return { model: row.model, kind: row.kind, by: row.actor, reason: row.reason, since: row.since.toISOString() };
}

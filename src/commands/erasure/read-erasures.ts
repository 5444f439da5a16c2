import { authorise, hasFullScope } from '../../access/principal.ts';
import { isInScope } from '../../access/scope.ts';
import { decodeCursor, pageOf } from '../../contracts/http/page.ts';
import { erasureKey, type ErasureView } from '../../contracts/http/erasures.ts';
import { listErasures, readErasure, type Erasure } from '../../db/erasure/erasures.ts';
import { erasurePlaces } from '../../domain/record/erasure/erasure.ts';
import type { CommandContext } from '../base/context.ts';

/** Erasures as far as the scope covers them, newest first. */
export async function erasures(
  context: CommandContext,
  page: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<{ readonly items: readonly ErasureView[]; readonly next: string | null }> {
  authorise(context.principal, 'audit', null);
  const after = decodeCursor(erasureKey, page.cursor);
  const before = after === null ? null : { startedAt: new Date(after[0]), erasureId: after[1] };
  const rows = await listErasures(context.database.db, { before, limit: page.limit + 1 });
  const { items, next } = pageOf(rows, page.limit, ({ startedAt, erasureId }) => [startedAt.toISOString(), erasureId]);
  // Those outside the scope leave holes in the page, and no trace.
  return { items: items.filter((row) => isErasureSeen(context, row)).map(viewOf), next };
}

/** Throws `not_found`, also for one outside the scope. */
export async function erasureOf(context: CommandContext, erasureId: string): Promise<ErasureView> {
  authorise(context.principal, 'audit', null);
  return viewOf(await readErasure(context.database.db, erasureId, (row) => isErasureSeen(context, row)));
}

export function isErasureSeen({ principal }: CommandContext, { scope, name }: Erasure): boolean {
  return scope === 'all' ? hasFullScope(principal) : isInScope(principal.scope, name);
}

function viewOf(row: Erasure): ErasureView {
  const { report } = row;
  return {
    erasureId: row.erasureId,
    scope: row.scope,
    name: row.name,
    column: row.keyColumn,
    entity: row.entity,
    isDryRun: row.isDryRun,
    status: row.status,
    by: row.actor,
    reason: row.reason,
    startedAt: row.startedAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
    liftedAt: row.liftedAt?.toISOString() ?? null,
    counts: (report?.counts ?? []).map((count) => ({ ...count, about: erasurePlaces[count.place] })),
    trainedOn: (report?.trainedOn ?? []).map((one) => ({
      ...one,
      retrain: `perennial retrain ${one.model} --reason "erasure ${row.erasureId.slice(0, 8)}"`,
    })),
    backups: [...(report?.backups ?? [])],
    notReached: [...(report?.notReached ?? [])],
  };
}

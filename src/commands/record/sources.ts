import { authorise } from '../../access/principal.ts';
import { encodeCursor } from '../../contracts/http/page.ts';
import type { SourceMemberView, SourceView } from '../../contracts/http/data/sources.ts';
import { readModel } from '../../db/models/specs.ts';
import { lagOf, storedSourcesOf, type StoredSource } from '../../db/views/views-sources.ts';
import { coveredNames } from '../../db/views/views.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { membersOf, type MemberSource } from '../../domain/spec/source-spec.ts';
import { isTrainable } from '../../domain/spec/trainer-spec.ts';
import { describeSource, sayCursorOf } from '../../sources/registry.ts';
import type { CommandContext } from '../base/context.ts';

/** How the source of one model stands. Throws `not_found` for a model that has none. */
export async function sourceStatus(context: CommandContext, input: { readonly model: string }): Promise<SourceView> {
  const view = await sourceStatusOf(context, input);
  if (view !== null) return view;
  throw new PerennialError('not_found', `"${input.model}" was imported and is not trained here: it has no source.`, {
    path: 'name',
    hint: 'Ask for a model that is trained here.',
  });
}

/** Null for a model that is trained elsewhere. */
export async function sourceStatusOf(
  context: CommandContext,
  { model }: { readonly model: string },
): Promise<SourceView | null> {
  authorise(context.principal, 'read', model);
  const { db } = context.database;
  const [stored] = await storedSourcesOf(db, [model]);
  if (stored === undefined) {
    await readModel(db, model);
    return null;
  }
  return viewOf(stored);
}

/** Those of the models that the principal's scope covers, by name; at most `limit` models (1..200). */
export async function sourceStatuses(
  context: CommandContext,
  input: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<{ readonly sources: readonly SourceView[]; readonly next: string | null }> {
  authorise(context.principal, 'read', null);
  const { db } = context.database;
  const names = await coveredNames(db, { ...input, scope: context.principal.scope });
  const page = names.slice(0, input.limit);
  for (const name of page) authorise(context.principal, 'read', name);
  const sources = (await storedSourcesOf(db, page)).flatMap((stored) => viewOf(stored) ?? []);
  const last = page.at(-1);
  return { sources, next: names.length > input.limit && last !== undefined ? encodeCursor(last) : null };
}

function viewOf(stored: StoredSource): SourceView | null {
  const { model, revision, spec, newest, look, alerts } = stored;
  if (!isTrainable(spec.trainer)) return null;
  const batchRows = newest === null ? 0 : newest.rows + newest.quarantinedRows;
  return {
    model,
    specRevision: revision,
    source: describeSource(spec.source),
    cursor: newest?.cursor == null ? null : sayCursorOf(spec.source, newest.cursor),
    takenAt: newest?.at.toISOString() ?? null,
    rows: newest?.rowsSoFar ?? 0,
    quarantinedRows: newest?.quarantinedRows ?? 0,
    quarantinedShare: newest === null || batchRows === 0 ? null : newest.quarantinedRows / batchRows,
    lag: lagOf(look),
    changedAt: look?.changedAt?.toISOString() ?? null,
    freshMs: spec.source.freshMs ?? null,
    alerts: alerts.map(({ openedAt, ...said }) => ({ ...said, openedAt: openedAt.toISOString() })),
    lookedAt: look?.readAt?.toISOString() ?? null,
    nextLookAt: look?.lookAt?.toISOString() ?? null,
    failures: look?.failures ?? 0,
    problem: look?.problem ?? null,
    members: membersOf(spec.source).flatMap(([name, member]) =>
      name === null ? [] : [memberViewOf(stored, name, member)],
    ),
  };
}

function memberViewOf({ revision, members }: StoredSource, name: string, member: MemberSource): SourceMemberView {
  const found = members.find((one) => one.member === name);
  // What was taken under another definition is none of this one's.
  const taken = found?.specRevision === revision ? found : undefined;
  return {
    name,
    source: describeSource(member),
    rows: taken?.takenRows ?? 0,
    takenAt: taken?.takenAt?.toISOString() ?? null,
    quarantinedRows: taken?.quarantinedRows ?? 0,
    repeatedRows: taken?.repeatedRows ?? 0,
    lag: found === undefined ? null : lagOf(found),
    late: found?.late ?? 0,
    staleMs: found?.staleMs ?? null,
    failures: found?.failures ?? 0,
    problem: found?.problem ?? null,
    refusal: found?.refusal ?? null,
  };
}

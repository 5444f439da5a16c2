import { authorise } from '../../access/principal.ts';
import { encodeCursor } from '../../contracts/http/page.ts';
import type { SourceView } from '../../contracts/http/data/sources.ts';
import { readModel } from '../../db/models/specs.ts';
import { storedSourcesOf, type StoredSource } from '../../db/views/views-sources.ts';
import { coveredNames } from '../../db/views/views.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { isTrainable } from '../../domain/spec/trainer-spec.ts';
import type { CommandContext } from '../base/context.ts';
import { standingOf } from '../base/standing-of-source.ts';

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
  const { model, revision, spec, look } = stored;
  if (!isTrainable(spec.trainer)) return null;
  const looks = look === null ? null : { ...look, lookedAt: look.readAt };
  return {
    model,
    specRevision: revision,
    ...standingOf({ ...stored, source: spec.source, look: looks, changedAt: look?.changedAt ?? null }),
  };
}

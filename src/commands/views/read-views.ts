import { authorise } from '../../access/principal.ts';
import type { FeatureViewDetail, FeatureViewRow } from '../../contracts/http/data/feature-views.ts';
import { decodeCursor, encodeCursor, keyText } from '../../contracts/http/page.ts';
import { modelsOfView } from '../../db/feature-views/models-of-view.ts';
import { currentViews, readCurrentView, revisionsOfView, type StoredView } from '../../db/feature-views/read-views.ts';
import { newestViewSnapshot } from '../../db/feature-views/view-snapshots.ts';
import { likePatternOf } from '../../db/views/views-rows.ts';
import { isInScope } from '../../access/scope.ts';
import type { SourceStanding } from '../../contracts/http/data/sources.ts';
import type { CommandContext } from '../base/context.ts';
import { sourcesOfViews } from './sources-of-views.ts';

const listedMax = 50;

/** Views that the principal's scope covers, by name; at most `limit` (1..200). */
export async function featureViews(
  context: CommandContext,
  input: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<{ readonly views: readonly FeatureViewRow[]; readonly next: string | null }> {
  const { principal, database } = context;
  authorise(principal, 'read', null);
  const found = await currentViews(database.db, {
    like: likePatternOf(principal.scope),
    after: decodeCursor(keyText, input.cursor),
    limit: input.limit + 1,
  });
  const page = found.slice(0, input.limit);
  const last = page.at(-1);
  const sources = await sourcesOfViews(
    database.db,
    page.map(({ view }) => view),
    (model) => isInScope(principal.scope, model),
  );
  return {
    views: page.map((row) => rowOf(row, row.createdAt, sources)),
    next: found.length > input.limit && last !== undefined ? encodeCursor(last.view) : null,
  };
}

/** One view: its current definition, its latest revisions, how far it was read and who takes features from it. */
export async function featureView(
  context: CommandContext,
  input: { readonly view: string },
): Promise<FeatureViewDetail> {
  const { principal, database } = context;
  authorise(principal, 'read', input.view);
  const { db } = database;
  const current = await readCurrentView(db, input.view);
  const revisions = await revisionsOfView(db, input.view, listedMax);
  const newest = await newestViewSnapshot(db, input.view, current.digest);
  const models = await modelsOfView(db, input.view, listedMax);
  const isCovered = (model: string): boolean => isInScope(principal.scope, model);
  return {
    ...rowOf(current, revisions[0]?.createdAt ?? new Date(0), await sourcesOfViews(db, [current.view], isCovered)),
    spec: { ...current.spec },
    revisions: revisions.map(({ createdAt, ...row }) => ({ ...row, appliedAt: createdAt.toISOString() })),
    newestSnapshot:
      newest === null
        ? null
        : {
            digest: newest.digest,
            createdAt: newest.createdAt.toISOString(),
            rows: newest.rows,
            quarantinedRows: newest.quarantinedRows,
          },
    models: models.filter(({ model }) => isCovered(model)),
  };
}

function rowOf(
  { view, revision, digest, spec }: StoredView,
  appliedAt: Date,
  sources: ReadonlyMap<string, SourceStanding>,
): FeatureViewRow {
  const source = sources.get(view);
  if (source === undefined) throw new TypeError(`view ${view} has no source`);
  return {
    view,
    revision,
    digest,
    owner: spec.owner,
    entity: [...spec.entity],
    features: spec.features.map(({ name }) => name),
    appliedAt: appliedAt.toISOString(),
    source,
  };
}

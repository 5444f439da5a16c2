import { isInScope } from '../../access/scope.ts';
import type { SourceStanding } from '../../contracts/http/data/sources.ts';
import type { Db } from '../../db/base/connect.ts';
import { storedViewSourcesOf, type StoredViewSource } from '../../db/feature-views/view-sources.ts';
import { readCurrentSpec } from '../../db/models/specs.ts';
import { viewsOf } from '../../domain/spec/columns/pins.ts';
import type { CommandContext } from '../base/context.ts';
import { standingOf } from '../base/standing-of-source.ts';

/**
 * How the sources of some views stand, by name; names that are no view are left out. Each model that takes features
 * from a view is told by itself: of those that `isTold` names, the alert that stands longest is shown, one of a kind.
 */
export async function sourcesOfViews(
  db: Db,
  views: readonly string[],
  isTold: (model: string) => boolean,
): Promise<ReadonlyMap<string, SourceStanding>> {
  const stored = await storedViewSourcesOf(db, views);
  return new Map(stored.map((one) => [one.view, standingOfView(one, isTold)]));
}

function standingOfView(stored: StoredViewSource, isTold: (model: string) => boolean): SourceStanding {
  const alerts = stored.alerts.flatMap(({ model, ...said }) => (isTold(model) ? [said] : []));
  return standingOf({
    ...stored,
    source: stored.spec.source,
    // Each look reads it on, and stores what is new.
    changedAt: stored.newest?.at ?? null,
    alerts: alerts.filter(({ kind }, at) => alerts.findIndex((one) => one.kind === kind) === at),
  });
}

/** Those of the views that a model takes features from now, as far as the principal's scope covers them. */
export async function viewSourcesOf({ principal, database }: CommandContext, model: string) {
  const { spec } = await readCurrentSpec(database.db, model);
  const names = viewsOf(spec).flatMap(({ view }) => (isInScope(principal.scope, view) ? [view] : []));
  const sources = await sourcesOfViews(database.db, names, (told) => told === model);
  return [...sources].map(([view, source]) => ({ view, ...source }));
}

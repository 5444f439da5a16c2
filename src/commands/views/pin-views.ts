import { authorise, type Principal } from '../../access/principal.ts';
import type { PinnedView } from '../../contracts/http/answers.ts';
import { refuseProblems } from '../../contracts/spec/definition-json.ts';
import type { Db } from '../../db/base/connect.ts';
import { readCurrentView, readViewByDigest } from '../../db/feature-views/read-views.ts';
import { lockCurrentSpec } from '../../db/models/specs.ts';
import { viewsOf, withPins } from '../../domain/spec/columns/pins.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import { checkPinned } from '../../domain/view/check-pinned.ts';

export interface PinnedSpec {
  /** Every feature of a view names its revision. */
  readonly spec: ModelSpec;
  readonly views: readonly PinnedView[];
}

/**
 * A definition with the revision of each view that its features come from. What it names itself stands; otherwise the
 * revision that the model has stays, unless it is told to move, and a view that is new to it is taken as it is now.
 * Throws `not_found` for a view or a revision that is not there, `invalid_spec` for a feature that the revision has
 * not, and `forbidden` for a view that the principal may not read.
 */
export async function pinViews(
  tx: Db,
  spec: ModelSpec,
  { principal, moveViews }: { readonly principal: Principal; readonly moveViews: boolean },
): Promise<PinnedSpec> {
  const asked = viewsOf(spec);
  if (asked.length === 0) return { spec, views: [] };
  const current = await lockCurrentSpec(tx, spec.name);
  const had = new Map(current === null ? [] : viewsOf(current.spec).map(({ view, digest }) => [view, digest]));
  const views: PinnedView[] = [];
  for (const { view, digest } of asked) {
    authorise(principal, 'read', view);
    // oxlint-disable-next-line no-await-in-loop -- one row per view, in one transaction
    const newest = await readCurrentView(tx, view);
    const wished = digest ?? (moveViews ? null : had.get(view)) ?? newest.digest;
    // oxlint-disable-next-line no-await-in-loop -- as above
    const taken = wished === newest.digest ? newest : await readViewByDigest(tx, view, wished);
    refuseProblems(checkPinned(spec, taken.spec), 'model');
    views.push({ view, revision: taken.revision, digest: taken.digest, newestRevision: newest.revision });
  }
  const digests = new Map(views.map(({ view, digest }) => [view, digest]));
  return { spec: withPins(spec, (view) => digests.get(view)), views };
}

import { gridSizeOf } from '../../spec/search/grid-size.ts';
import type { SearchSpec } from '../../spec/trainer-spec.ts';
import type { SearchEnd, TrialDone } from './trial.ts';

const hourMs = 3_600_000;

/** What ends a search now; null while it goes on. What was spent is what its trials say, so a kill spends nothing. */
export function endOf(search: SearchSpec, done: readonly TrialDone[]): SearchEnd | null {
  const spentMs = computeMsOf(done);
  if (search.computeMsMax !== undefined && spentMs >= search.computeMsMax) return 'compute';
  if (search.cost !== undefined && (spentMs / hourMs) * search.cost.perHour >= search.cost.max) return 'cost';
  return null;
}

/** What ended a search that has no trial left. */
export function reasonOfEnd(search: SearchSpec, done: readonly TrialDone[]): SearchEnd {
  const early = endOf(search, done);
  if (early !== null) return early;
  return search.sampler === 'grid' && gridSizeOf(search) <= search.trialsMax ? 'grid' : 'trials';
}

export function computeMsOf(done: readonly TrialDone[]): number {
  return done.reduce((sum, { fit }) => sum + (fit?.computeMs ?? 0), 0);
}

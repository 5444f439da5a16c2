import type { SearchSpec } from '../../spec/trainer-spec.ts';
import { byLoss, settingsOf } from './next-trials.ts';
import { computeMsOf, reasonOfEnd } from './search-end.ts';
import { lossOf, type SearchSummary, type TrialDone } from './trial.ts';

/**
 * The trial whose settings are taken: of those that saw the most rows, the one with the lowest loss, of equal ones the
 * earliest. Null where none has a loss.
 */
export function chooseTrial(search: SearchSpec, done: readonly TrialDone[]): SearchSummary | null {
  const rungOf = (each: TrialDone) => (lossOf(each) === null ? -1 : each.rung);
  const last = done.reduce((rung, each) => Math.max(rung, rungOf(each)), -1);
  const [best] = byLoss(done.filter(({ rung }) => rung === last));
  if (best?.fit == null) return null;
  return {
    trials: new Set(done.map(({ number }) => number)).size,
    failed: done.filter((each) => lossOf(each) === null).length,
    chosen: best.number,
    loss: best.fit.loss,
    computeMs: computeMsOf(done),
    ended: reasonOfEnd(search, done),
    settings: settingsOf(search, best.point),
  };
}

import type { SearchSpec } from '../../spec/trainer-spec.ts';
import { byLoss } from './next-trials.ts';
import { lossOf, type Point, type SearchEnd, type SearchSummary, type TrialDone } from './trial.ts';

/** How far a search is: `12 of at most 30 trials; best so far: trial 7, loss 0.4113 (gbdt, leavesMax 31)`. */
export function saySearching(search: SearchSpec, done: readonly TrialDone[]): string {
  const trials = new Set(done.map(({ number }) => number)).size;
  const last = done.reduce((rung, each) => Math.max(rung, lossOf(each) === null ? -1 : each.rung), -1);
  const [best] = byLoss(done.filter(({ rung }) => rung === last));
  const far = `${trials} of at most ${search.trialsMax} trials`;
  if (best?.fit == null) return far;
  return `${far}; best so far: trial ${best.number}, loss ${sayLoss(best.fit.loss)} (${sayPoint(best.point)})`;
}

/** What came of it, in one sentence. */
export function sayFound({ trials, failed, chosen, loss, ended }: SearchSummary): string {
  const bad = failed === 0 ? '' : `, ${failed} without a loss`;
  return `trial ${chosen} of ${trials}${bad} has the lowest validation loss, ${sayLoss(loss)}; ${endWords[ended]}`;
}

const endWords: Record<SearchEnd, string> = {
  trials: 'as many were tried as the definition allows',
  grid: 'all of the grid was tried',
  compute: 'the processor time of the search was used up',
  cost: 'the money of the search was used up',
};

export function sayPoint({ family, values }: { readonly family: string } & Pick<Point, 'values'>): string {
  const said = Object.entries(values).map(([name, value]) => `${name} ${saySetting(value)}`);
  return [family, ...said].join(', ');
}

function saySetting(value: string | number | boolean): string {
  return typeof value === 'number' && !Number.isInteger(value) ? String(Number(value.toPrecision(3))) : String(value);
}

function sayLoss(loss: number): string {
  return String(Number(loss.toPrecision(4)));
}

import { completeTrainer, type OwnSpec, type SearchSpec } from '../../spec/trainer-spec.ts';
import { familiesOf } from '../../spec/search/searched-families.ts';
import { endOf } from './search-end.ts';
import { suggestBy } from './sampler.ts';
import { lossOf, type Point, type TrialAsk, type TrialDone } from './trial.ts';

/**
 * The trials that come next, at most `parallel` of them; none when the search is over. It depends on the definition
 * and on what is done alone, in whatever order that was done, so that a search that was killed anywhere goes on as if
 * it had not been. Nothing of a bracket is learnt from before the bracket is done.
 */
export function nextTrials(search: SearchSpec, done: readonly TrialDone[]): readonly TrialAsk[] {
  if (endOf(search, done) !== null) return [];
  const rungs = search.halving?.rungs ?? 1;
  const size = bracketSize(search);
  const started = done.reduce((last, { number }) => Math.max(last, number), 0);
  const first = Math.max(0, Math.ceil(started / size) - 1) * size + 1;
  for (const from of started === 0 ? [1] : [first, first + size]) {
    const asked = bracketOf(search, done, from, rungs);
    if (asked.length > 0) return asked.slice(0, search.parallel);
  }
  return [];
}

/** Points that are compared with each other: with halving, as many as leave one in the last rung. */
function bracketSize({ halving, parallel }: SearchSpec): number {
  return halving === undefined ? parallel : halving.factor ** (halving.rungs - 1);
}

/** What of the bracket that begins with this trial is still to be done, of the first rung that is not. */
function bracketOf(search: SearchSpec, done: readonly TrialDone[], from: number, rungs: number): TrialAsk[] {
  const points = pointsOf(search, done, from);
  let entered = [...points.keys()];
  for (let rung = 0; rung < rungs; rung++) {
    const fits = done.filter((each) => each.rung === rung && points.has(each.number));
    const share = shareOf(search, rung);
    const open = entered.filter((number) => !fits.some((each) => each.number === number));
    if (open.length > 0)
      return open.flatMap((number) => {
        const point = points.get(number);
        return point === undefined ? [] : [{ number, rung, share, point, settings: settingsOf(search, point) }];
      });
    entered = promoted(search, fits);
  }
  return [];
}

/** The points of a bracket; those that are known already are not drawn again. */
function pointsOf(search: SearchSpec, done: readonly TrialDone[], from: number): ReadonlyMap<number, Point> {
  const to = Math.min(from + bracketSize(search) - 1, search.trialsMax);
  const known = new Map(done.filter(({ rung }) => rung === 0).map((each) => [each.number, each.point]));
  const tried = done
    .filter(({ number, rung }) => rung === 0 && number < from)
    .toSorted((a, b) => a.number - b.number)
    .map((each) => ({ point: each.point, loss: lossOf(each) }));
  const points = new Map<number, Point>();
  for (let number = from; number <= to; number++) {
    const point = known.get(number) ?? suggestBy[search.sampler](search, number, tried);
    if (point !== null) points.set(number, point);
  }
  return points;
}

/** The best of a rung go on; one that failed never does. */
function promoted({ halving }: SearchSpec, fits: readonly TrialDone[]): number[] {
  if (halving === undefined) return [];
  return byLoss(fits)
    .slice(0, Math.max(1, Math.floor(fits.length / halving.factor)))
    .map(({ number }) => number);
}

/** Trials with a loss, the best one first; of equal ones the earlier. */
export function byLoss(fits: readonly TrialDone[]): TrialDone[] {
  return fits
    .flatMap((each) => {
      const loss = lossOf(each);
      return loss === null ? [] : [{ each, loss }];
    })
    .toSorted((a, b) => a.loss - b.loss || a.each.number - b.each.number)
    .map(({ each }) => each);
}

function shareOf({ halving }: SearchSpec, rung: number): number {
  return halving === undefined ? 1 : halving.factor ** (rung - halving.rungs + 1);
}

/** The whole settings of a point. How much history is used is left to the fit of the chosen one. */
export function settingsOf(search: SearchSpec, { family, values }: Point): OwnSpec {
  const fixed = familiesOf(search).find((each) => each.family === family)?.fixed ?? {};
  const { historyShares, halfLives, refit, seed, weightColumn, featureSelection, gpu } = search;
  const { calibration, imbalance } = search;
  return completeTrainer({
    kind: family,
    ...fixed,
    ...values,
    historyShares,
    refit,
    seed,
    ...(halfLives === undefined ? {} : { halfLives }),
    ...(weightColumn === undefined ? {} : { weightColumn }),
    ...(featureSelection === undefined ? {} : { featureSelection }),
    ...(calibration === undefined ? {} : { calibration }),
    ...(imbalance === undefined ? {} : { imbalance }),
    ...(gpu === undefined ? {} : { gpu }),
  }) as OwnSpec;
}

import type { Distribution, SearchedValue } from '../../spec/search/distribution.ts';
import { familiesOf } from '../../spec/search/searched-families.ts';
import type { SearchedKind, SearchSpec } from '../../spec/trainer-spec.ts';
import type { Random } from '../../../statistics/numeric/random.ts';
import { randomOf, randomPoint } from './random.ts';
import { densityOf } from './parzen.ts';
import type { Point, Tried } from './trial.ts';

/** Points by chance before anything is learnt from them, as in Optuna. */
const startTrials = 10;
const candidates = 24;
/** Of what was tried, the share that counts as good, and how many at most (Bergstra et al. 2011, and Optuna). */
const goodShare = 0.1;
const goodMax = 25;

/**
 * Tree-structured Parzen estimator (Bergstra, Bardenet, Bengio, Kegl: Algorithms for hyper-parameter optimization,
 * 2011): of some values that are likely among good trials, the one that is least likely among the others. The family
 * is chosen so first, and each of its settings by what was tried of that family alone.
 */
export function tpePoint(search: SearchSpec, number: number, tried: readonly Tried[]): Point | null {
  const known = tried.filter((each): each is Known => each.loss !== null);
  if (known.length < Math.min(startTrials, search.trialsMax / 2)) return randomPoint(search, number);
  const random = randomOf(search, number);
  const families = familiesOf(search);
  const names = families.map(({ family }) => family);
  const family = better({ of: 'oneOf', values: names }, known, ({ point }) => point.family, random) as SearchedKind;
  const own = known.filter(({ point }) => point.family === family);
  const searched = Object.entries(families.find((each) => each.family === family)?.searched ?? {});
  return {
    family,
    values: Object.fromEntries(
      searched.map(([name, distribution]) => [
        name,
        better(distribution, own, ({ point }) => point.values[name], random.fork(name)),
      ]),
    ),
  };
}

type Known = Tried & { readonly loss: number };

function better(
  distribution: Distribution,
  known: readonly Known[],
  valueOf: (tried: Known) => SearchedValue | undefined,
  random: Random,
): SearchedValue {
  // Equal losses stand in the order of their numbers: sorting is stable.
  const sorted = known.toSorted((a, b) => a.loss - b.loss);
  const goodCount = Math.min(goodMax, Math.ceil(goodShare * sorted.length));
  const valuesOf = (some: readonly Known[]) => some.flatMap((each) => valueOf(each) ?? []);
  const good = densityOf(distribution, valuesOf(sorted.slice(0, goodCount)));
  const rest = densityOf(distribution, valuesOf(sorted.slice(goodCount)));
  let best = good.draw(random);
  let bestRatio = -Infinity;
  for (let i = 0; i < candidates; i++) {
    const value = good.draw(random);
    const ratio = good.logDensity(value) - rest.logDensity(value);
    if (ratio > bestRatio) [best, bestRatio] = [value, ratio];
  }
  return best;
}

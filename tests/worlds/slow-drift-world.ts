import { createRandom } from '../../src/statistics/numeric/random.ts';
import { cellCount, cellOf, type FeatureProfile, type ReferenceProfile } from '../../src/domain/training/profile.ts';
import { judgeBestWorld, type BestWorld } from '../../src/domain/watch/best/best-world.ts';
import { judgeDrift } from '../../src/domain/watch/judge-drift.ts';
import { binnedProfile } from '../../src/trainers/judge/feature-profile.ts';
import { driftWatch, type Walk } from './drift-world.ts';

const features = 10;
const referenceRows = 4_000;
const windowRows = 500;

/**
 * A stream whose first feature moves by `perTraining` standard deviations between trainings, each of which takes it in;
 * the first champion stays the best. What the window after the last training says of both references.
 */
export function slowDrift(
  walk: Walk,
  seed: string,
  trainings: number,
  perTraining: number,
): { readonly own: () => 'stable' | 'drift' | 'insufficient'; readonly best: BestWorld } {
  const random = createRandom(seed);
  const columns = Array.from({ length: features }, (_, index) => {
    const next = walk(random.fork(`feature ${index}`));
    const take = (rows: number, shift: number) => Float64Array.from({ length: rows }, () => Number(next()) + shift);
    const moved = (training: number) => (index === 0 ? training * perTraining : 0);
    const rows = take(referenceRows, moved(0));
    const first = () => binnedProfile(`f${index}`, rows, 20);
    const before = take(referenceRows, moved(trainings));
    const last = () => binnedProfile(`f${index}`, before, 20);
    const window = take(windowRows, moved(trainings));
    return { first, last, window };
  });
  const of = (which: 'first' | 'last') => {
    const profiles = columns.map((column) => column[which]());
    const cells = profiles.map((profile, index) => count(profile, columns[index]?.window ?? new Float64Array()));
    const [prediction] = profiles;
    if (prediction === undefined) throw new Error('there are features');
    const profile: ReferenceProfile = { formatVersion: 1, rows: referenceRows, features: profiles, prediction };
    return { profile, window: { rows: windowRows, cells } };
  };
  const first = of('first');
  return {
    own: () => judgeDrift({ ...of('last'), watch: driftWatch }).verdict,
    best: judgeBestWorld(1, first.profile, first.window, driftWatch, []),
  };
}

function count(profile: FeatureProfile, values: Float64Array): readonly number[] {
  const cells = new Array<number>(cellCount(profile)).fill(0);
  for (const value of values) {
    const cell = cellOf(profile, value);
    cells[cell] = (cells[cell] ?? 0) + 1;
  }
  return cells;
}

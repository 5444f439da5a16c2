import { createRandom } from '../../src/statistics/numeric/random.ts';
import { completeSpec } from '../../src/domain/spec/default-spec.ts';
import { signatureOf } from '../../src/domain/spec/signature.ts';
import { cellCount, cellOf, type FeatureProfile, type ReferenceProfile } from '../../src/domain/training/profile.ts';
import { rankCauses, type Cause } from '../../src/domain/watch/causes/rank-causes.ts';
import { judgeStream } from '../../src/domain/watch/lasting/judge-stream.ts';
import { columnOf, columnsOf } from '../../src/onnx/run/columns.ts';
import { referenceProfile } from '../../src/trainers/judge/reference-profile.ts';
import { driftWatch } from './drift-world.ts';
import { logistic } from './paired-world.ts';

/** Answers rest on `loud`, a little on `soft`, and not at all on `idle`; `twin` goes with `loud`. */
export const causeFeatures = ['loud', 'soft', 'idle', 'twin'] as const;
export type Moved = Readonly<Partial<Record<(typeof causeFeatures)[number], number>>>;

const referenceRows = 4_000;
const signature = signatureOf(
  completeSpec({
    name: 'causes',
    about: { owner: 'o', useCase: 'u', successCriterion: 's' },
    features: causeFeatures.map((name) => ({ kind: 'number', name, missing: 'refuse' })),
    target: { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay: { rows: 1 } },
    source: { kind: 'file', path: 'x.csv', format: 'csv' },
  }),
);

/** The causes of one window in which these features have moved by so many standard deviations. */
export function causesOf(seed: string, windowRows: number, moved: Moved): readonly Cause[] {
  const random = createRandom(seed);
  const draw = (rows: number, shifts: Moved) =>
    Array.from({ length: rows }, () => {
      const loud = random.normal() + (shifts.loud ?? 0);
      const soft = random.normal() + (shifts.soft ?? 0);
      const twin = 0.8 * loud + 0.6 * random.normal() + (shifts.twin ?? 0);
      const idle = random.normal() + (shifts.idle ?? 0);
      return { values: [loud, soft, idle, twin], score: logistic(1.5 * loud + 0.3 * soft) };
    });
  const reference = draw(referenceRows, {});
  const columns = columnsOf(
    referenceRows,
    causeFeatures.map((name, at) =>
      columnOf(
        { name, kind: 'number' },
        () => [],
        () => Float64Array.from(reference, ({ values }) => values[at] ?? 0),
      ),
    ),
  );
  const scores = Float64Array.from(reference.flatMap(({ score }) => [1 - score, score]));
  const profile = referenceProfile(signature, columns, { from: 0, to: referenceRows }, scores);
  const window = draw(windowRows, moved);
  const cells = [
    ...profile.features.map((feature, at) =>
      countsOf(
        feature,
        window.map(({ values }) => values[at] ?? 0),
      ),
    ),
    countsOf(
      profile.prediction,
      window.map(({ score }) => score),
    ),
  ];
  return ranked(profile, { rows: windowRows, cells });
}

function ranked(profile: ReferenceProfile, window: Parameters<typeof rankCauses>[1]): readonly Cause[] {
  return rankCauses(profile, window, judgeStream({ profile, window, watch: driftWatch }, []));
}

function countsOf(feature: FeatureProfile, values: readonly number[]): readonly number[] {
  const counts = new Array<number>(cellCount(feature)).fill(0);
  for (const value of values) {
    const cell = cellOf(feature, value);
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  return counts;
}

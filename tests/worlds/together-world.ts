import { createRandom } from '../../src/statistics/numeric/random.ts';
import { completeSpec } from '../../src/domain/spec/default-spec.ts';
import { signatureOf } from '../../src/domain/spec/signature.ts';
import {
  cellCount,
  cellOf,
  type BinnedProfile,
  type FeatureProfile,
  type ReferenceProfile,
} from '../../src/domain/training/profile.ts';
import type { DriftJudgement } from '../../src/domain/watch/judge-drift.ts';
import { judgeStream } from '../../src/domain/watch/lasting/judge-stream.ts';
import { judgeTogether, type TogetherJudgement } from '../../src/domain/watch/multivariate/judge-together.ts';
import { testTogether } from '../../src/domain/watch/multivariate/test-together.ts';
import { columnOf, columnsOf } from '../../src/onnx/run/columns.ts';
import { binnedProfile } from '../../src/trainers/judge/feature-profile.ts';
import { withStretches } from '../../src/trainers/judge/with-stretches.ts';
import { driftWatch, type Walk } from './drift-world.ts';

const features = 20;
const names = Array.from({ length: features }, (_, at) => `f${at}`);
const gapRowsMax = 3_000;
const multivariate = true;
const signature = signatureOf(
  completeSpec({
    name: 'together',
    about: { owner: 'o', useCase: 'u', successCriterion: 's' },
    features: names.map((name) => ({ kind: 'number', name, missing: 'allow' })),
    target: { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay: { rows: 1 } },
    source: { kind: 'file', path: 'x.csv', format: 'csv' },
  }),
);

export interface TogetherWorld {
  readonly name: string;
  readonly referenceRows: number;
  readonly windowRows: number;
  readonly walk: Walk;
}

/** What has changed in the window: how the first two features correlate, and by how much the third has moved. */
export interface Change {
  readonly correlation?: number;
  readonly moved?: number;
}

export function drawTogether(world: TogetherWorld, seed: string, { correlation = 0, moved = 0 }: Change = {}) {
  const random = createRandom(seed);
  const gap = Math.floor(random.next() * gapRowsMax);
  const drawn = names.map((name) => {
    const next = world.walk(random.fork(name));
    const draw = (rows: number) => Float64Array.from({ length: rows }, () => Number(next()));
    const reference = draw(world.referenceRows);
    draw(gap);
    return { name, reference, window: draw(world.windowRows) };
  });
  return changed(drawn, { correlation, moved });
}

/** The same reference with another window. */
function changed<T extends { readonly window: Float64Array }>(
  drawn: readonly T[],
  { correlation = 0, moved = 0 }: Change,
): readonly T[] {
  const windows = drawn.map(({ window }) => window.slice());
  const [first, second, third] = windows;
  const fresh = Math.sqrt(1 - correlation * correlation);
  second?.forEach((value, row) => (second[row] = correlation * (first?.[row] ?? 0) + fresh * value));
  third?.forEach((value, row) => (third[row] = value + moved));
  return drawn.map((column, at) => ({ ...column, window: windows[at] ?? column.window }));
}

export type DrawnColumns = ReturnType<typeof drawTogether>;

const wholeProfile = (name: string, reference: Float64Array): BinnedProfile => binnedProfile(name, reference, 20);

/** Without its memory, which takes longer to measure than all else and is not needed for features together. */
function profileWithoutMemory(name: string, reference: Float64Array): BinnedProfile {
  const { edges } = binnedProfile(name, reference.subarray(0, 1_000), 20);
  const bare: BinnedProfile = { name, kind: 'binned', edges, counts: [], missing: 0 };
  return { ...bare, counts: countsOf(bare, reference).slice(0, -1) };
}

/** The profile of such a reference, with rows of it as training keeps them. */
export function togetherProfile(drawn: DrawnColumns, profileOf = wholeProfile): ReferenceProfile {
  const rows = drawn[0]?.reference.length ?? 0;
  const columns = columnsOf(
    rows,
    drawn.map(({ name, reference }) =>
      columnOf(
        { name, kind: 'number' },
        () => [],
        () => reference,
      ),
    ),
  );
  const profiles = drawn.map(({ name, reference }) => profileOf(name, reference));
  const prediction = { name: 'prediction', kind: 'binned', edges: [], counts: [rows], missing: 0 } as const;
  const profile: ReferenceProfile = { formatVersion: 1, rows, features: profiles, prediction };
  return withStretches(profile, { multivariate }, signature, columns, { from: 0, to: rows });
}

/** What the watch says of such a window: 20 features, and together. */
export function judgeTogetherIn(world: TogetherWorld, seed: string, change?: Change): DriftJudgement {
  const drawn = drawTogether(world, seed, change);
  const profile = togetherProfile(drawn);
  const valuesOf = ({ name }: FeatureProfile) => drawn.find((column) => column.name === name)?.window ?? null;
  return judgeStream(
    {
      profile,
      window: {
        rows: world.windowRows,
        cells: profile.features.map((feature) => countsOf(feature, valuesOf(feature))),
      },
      watch: { ...driftWatch, multivariate },
      together: testTogether(profile, valuesOf),
    },
    [],
  );
}

/** Features together alone after each change, as strictly as if no other test of the window spoke for drift. */
export function judgeTogetherAlone(
  world: TogetherWorld,
  seed: string,
  changes: readonly Change[],
): readonly TogetherJudgement[] {
  const drawn = drawTogether(world, seed);
  const profile = togetherProfile(drawn, profileWithoutMemory);
  return changes.map((change) => {
    const columns = changed(drawn, change);
    const test = testTogether(profile, ({ name }) => columns.find((column) => column.name === name)?.window ?? null);
    const adjusted = typeof test === 'string' ? 1 : Math.min(1, (features + 2) * test.pValue);
    // A window by itself has half of the rate (judge-stream.ts).
    return judgeTogether(test, adjusted, { falseAlarmRate: driftWatch.falseAlarmRate / 2, multivariate });
  });
}

function countsOf(feature: FeatureProfile, values: Float64Array | null): readonly number[] {
  const counts = new Array<number>(cellCount(feature)).fill(0);
  for (const value of values ?? []) {
    const cell = cellOf(feature, value);
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  return counts;
}

import { createRandom } from '../../src/statistics/numeric/random.ts';
import { judgeLabels, type LabelDrift } from '../../src/domain/watch/labels/judge-labels.ts';
import { labelCells } from '../../src/domain/watch/labels/label-cells.ts';
import type { SeasonSpec } from '../../src/domain/spec/parts/watch-spec.ts';
import { placeRows } from '../../src/domain/watch/season/place-rows.ts';
import { signatureOf, type Signature } from '../../src/domain/spec/signature.ts';
import { completeSpec } from '../../src/domain/spec/default-spec.ts';
import { normalSf } from '../../src/statistics/distributions/normal.ts';
import { labelProfile } from '../../src/trainers/judge/label-profile.ts';
import { seasonRows } from '../../src/trainers/judge/season-rows.ts';
import { independent, type Walk } from './drift-world.ts';

/** Labels that follow a walk: a class above the quantile of its share, or the value itself. */
export interface LabelWorld {
  readonly name: string;
  readonly walk: Walk;
  /** Share of the positive class; null for a label that is a value. */
  readonly positives: number | null;
  readonly referenceRows: number;
  readonly windowRows: number;
  /** Share of the positives whose labels have not come though their rows are mature. */
  readonly lateShare: number;
}

export const labelWorld = (name: string, walk: Walk = independent, more: Partial<LabelWorld> = {}): LabelWorld => ({
  name,
  walk,
  positives: 0.3,
  referenceRows: 10_000,
  windowRows: 500,
  lateShare: 0,
  ...more,
});

const about = { owner: 'o', useCase: 'u', successCriterion: 's' };
const classed = signatureOf(
  completeSpec({
    name: 'labels',
    about,
    features: [{ kind: 'number', name: 'x', missing: 'allow' }],
    target: { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay: { rows: 1 } },
    source: { kind: 'file', path: 'x.csv', format: 'csv' },
  }),
);
const valued: Signature = { ...classed, task: 'regression', classes: [] };
/** Rows between the reference and the window: whatever the stream remembers, it has gone on. */
const gapRowsMax = 3_000;

/** What is said of one window in which the positives are `times` as many, or values larger by `shift` deviations. */
export function judgeLabelsIn(
  world: LabelWorld,
  seed: string,
  moved: { times?: number; shift?: number } = {},
): LabelDrift {
  const random = createRandom(seed);
  const { times = 1, shift = 0 } = moved;
  const next = world.walk(random.fork('walk'));
  const { positives } = world;
  const draw = (rows: number): number[] => Array.from({ length: rows }, () => Number(next()));
  const reference = draw(world.referenceRows);
  draw(Math.floor(random.next() * gapRowsMax));
  const window = draw(world.windowRows);
  const toLabels = (values: readonly number[], share: number | null, by: number): number[] => {
    const edge = share === null ? 0 : quantile(share);
    return values.map((value) => (share === null ? value + by : value > edge ? 1 : 0));
  };
  const signature = positives === null ? valued : classed;
  const profile = labelProfile(signature, Float64Array.from(toLabels(reference, positives, 0)));
  const labels = toLabels(window, positives === null ? null : positives * times, shift).filter(
    (label) => positives === null || label === 0 || random.next() >= world.lateShare,
  );
  const cells = labelCells(profile, signature.classes, labels);
  return judgeLabels(profile, { rows: labels.length, throughSeq: world.windowRows, cells }, { effectMin: 0.1 });
}

/** Of a standard normal distribution, above which a share lies, by bisection. */
function quantile(share: number): number {
  let [low, high] = [-6, 6];
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (normalSf(middle) > share) low = middle;
    else high = middle;
  }
  return low;
}

const hourMs = 3_600_000;
const monday = Date.parse('2026-01-05T00:00:00Z');
const hours: SeasonSpec = { phases: 'hour-of-day', timeZone: 'UTC' };
const rowsPerHour = 20;
const turns = 20;

/**
 * Labels of which a tenth is positive by day and half by night, twenty days of them as the reference and then sixteen
 * hours that begin at `firstHour`; `times` as many positives as usual. Judged with the season heeded, or as if there
 * was none.
 */
export function judgeHourlyLabels(seed: string, firstHour: number, times: number, isHeeded: boolean): LabelDrift {
  const random = createRandom(seed);
  const shareAt = (timeMs: number): number => (new Date(timeMs).getUTCHours() < 8 ? 0.5 : 0.1);
  const draw = (fromMs: number, rows: number, by: number) =>
    Array.from({ length: rows }, (_, row) => {
      const timeMs = fromMs + (row * hourMs) / rowsPerHour;
      return { timeMs, label: random.next() < shareAt(timeMs) * by ? 1 : 0 };
    });
  const reference = draw(monday, turns * 24 * rowsPerHour, 1);
  const window = draw(monday + (turns * 24 + firstHour) * hourMs, 16 * rowsPerHour, times);
  const counted = seasonRows(
    hours,
    Float64Array.from(reference, ({ timeMs }) => timeMs),
  );
  if (counted === null) throw new Error('twenty days are a season');
  const labels = Float64Array.from(reference, ({ label }) => label);
  const profile = labelProfile(classed, labels, isHeeded ? counted.strata : undefined);
  const { phases, isPlaced } = placeRows(
    counted.season,
    window.map(({ timeMs }) => timeMs),
  );
  const placed = window.filter((_, row) => isPlaced[row]).map(({ label }) => label);
  const cells = labelCells(profile, classed.classes, placed);
  const rows = { rows: placed.length, throughSeq: 1, cells, placed: isHeeded ? { of: hours, phases } : null };
  return judgeLabels(profile, rows, { effectMin: 0.1 }, true);
}

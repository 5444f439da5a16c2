import { chiSquareHomogeneity, total } from '../../../statistics/samples/chi-square.ts';
import type { WatchSpec } from '../../spec/spec.ts';
import { referenceCells, type CellCounts, type ReferenceProfile } from '../../training/profile.ts';
import { sayCount, sayMany, sayShare } from '../../words/say.ts';
import type { FeatureDrift } from '../feature-drift.ts';
import { judgeDrift, type DriftInput, type DriftJudgement, type WindowCells } from '../judge-drift.ts';

/** Windows in a row that are held against the reference together, besides the last one by itself. */
export const lastingSpans = [4, 16] as const;
/** A window looks back so far and no further. */
export const earlierWindowsMax = 15;

/** What the window by itself has of `falseAlarmRate`; spans share the rest. */
const ownShare = 0.5;

/** What no window shows by itself, and several show together. */
export interface LastingDrift {
  readonly windows: number;
  readonly rows: number;
  readonly drifted: readonly string[];
  readonly text: string;
}

/** The verdict on a window of a stream: by itself, and with those before it. */
export interface StreamJudgement extends DriftJudgement {
  /** The shortest span that shows drift of features that the window does not; absent where none does. */
  readonly lasting?: LastingDrift;
}

/**
 * Drift of the last window, and small drift that lasts: the last 4 and 16 windows together, by the same test. In a
 * stream that does not change at most `falseAlarmRate` of windows alarm on average, over streams and their references:
 * the window and each span have a share of it (union bound), and a mean of counts adds up however windows depend on
 * each other. Of a span the window that lies furthest away is left out: what happened once is said once. A feature is
 * held against a reference of at least as many rows, since more of the window would say no more. `earlier` are windows
 * of the same reference, the newest first; with too few of them no span is judged. It is a function of the counters
 * alone: a window that is judged again says the same.
 */
export function judgeStream(input: DriftInput, earlier: readonly WindowCells[]): StreamJudgement {
  const own = judgeDrift({ ...input, watch: withShare(input.watch, ownShare) });
  if (own.verdict === 'insufficient') return own;
  const lasting = lastingDrift(input, earlier, own);
  const isDrift = own.verdict === 'drift' || lasting !== null;
  if (!isDrift) return own;
  const stream =
    ` Of a stream that does not change, at most ${sayShare(input.watch.falseAlarmRate)} of windows alarm on average, ` +
    'single windows and spans together.';
  if (lasting === null) return { ...own, text: `${own.text}${stream}` };
  const { features, ...said } = lasting;
  return {
    ...own,
    verdict: 'drift',
    features: own.features.map((feature) => features.find(({ name }) => name === feature.name) ?? feature),
    drifted: [...own.drifted, ...lasting.drifted],
    lasting: said,
    text: `${own.text} ${lasting.text}${stream}`,
  };
}

function lastingDrift(
  input: DriftInput,
  earlier: readonly WindowCells[],
  own: DriftJudgement,
): (LastingDrift & { readonly features: readonly FeatureDrift[] }) | null {
  const watch = withShare(input.watch, (1 - ownShare) / lastingSpans.length);
  for (const windows of lastingSpans) {
    if (earlier.length < windows - 1) return null;
    const pooled = pooledWithoutFurthest(input, [input.window, ...earlier.slice(0, windows - 1)]);
    const { together: _, ...alone } = input;
    const skip = [...(input.skip ?? []), ...shorterReferences(input.profile, pooled.rows)];
    const { features, rows } = judgeDrift({ ...alone, window: pooled, watch, skip });
    const found = features.filter(({ name, drifted }) => drifted && !own.drifted.includes(name));
    if (found.length === 0) continue;
    const text =
      `Over the last ${sayCount(windows)} windows, less the one that lies furthest away (${sayMany(rows, 'row')}): ` +
      found.map((feature) => feature.text).join(' ');
    return { windows, rows, drifted: found.map(({ name }) => name), features: found, text };
  }
  return null;
}

function withShare<Watch extends Pick<WatchSpec, 'falseAlarmRate'>>(watch: Watch, share: number): Watch {
  return { ...watch, falseAlarmRate: watch.falseAlarmRate * share };
}

/** Distributions whose reference has fewer rows than are held against it. */
function shorterReferences({ features, prediction }: ReferenceProfile, rows: number): readonly string[] {
  return [...features, prediction].filter((feature) => total(referenceCells(feature)) < rows).map(({ name }) => name);
}

function pooledWithoutFurthest({ profile }: DriftInput, windows: readonly WindowCells[]): WindowCells {
  const references = [...profile.features, profile.prediction].map(referenceCells);
  const distances = windows.map(({ cells }) =>
    references.reduce((sum, reference, i) => sum + chiSquareHomogeneity(reference, cells[i] ?? []).statistic, 0),
  );
  const furthest = distances.indexOf(Math.max(...distances));
  return windows.filter((_, place) => place !== furthest).reduce(pooled);
}

function pooled(a: WindowCells, b: WindowCells): WindowCells {
  return {
    rows: a.rows + b.rows,
    cells: a.cells.map((cells, i) => summed(cells, b.cells[i] ?? [])),
    phases: a.phases == null || b.phases == null ? null : summed(a.phases, b.phases),
  };
}

function summed(a: CellCounts, b: CellCounts): readonly number[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, cell) => (a[cell] ?? 0) + (b[cell] ?? 0));
}

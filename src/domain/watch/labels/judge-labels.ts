import type { BlockSpread } from '../../../statistics/samples/block-spread.ts';
import { chiSquareHomogeneity, total } from '../../../statistics/samples/chi-square.ts';
import { standardShift } from '../../../statistics/samples/divergence.ts';
import { defaultLabelDrift } from '../../spec/default-spec.ts';
import type { SeasonSpec } from '../../spec/parts/watch-spec.ts';
import type { WatchSpec } from '../../spec/spec.ts';
import { referenceCells, type CellCounts, type FeatureProfile } from '../../training/profile.ts';
import { sayCount, sayMany, sayNumber, sayShare } from '../../words/say.ts';
import { cellLabels } from '../cell-labels.ts';
import { histogramOf, type DriftHistogram } from '../drift-histograms.ts';
import { samePhase } from '../season/same-phase.ts';
import { sayPhase, unheeded } from '../season/say-phase.ts';

export const labelVerdicts = ['stable', 'drift', 'insufficient'] as const;
export type LabelVerdict = (typeof labelVerdicts)[number];

/** Whether labels of mature rows are distributed as those that the champion was trained on. */
export interface LabelDrift {
  readonly verdict: LabelVerdict;
  /** Labelled rows that were looked at: the latest mature ones, through this position. */
  readonly rows: number;
  readonly throughSeq: number;
  /** Null, as what follows, where it was not judged. */
  readonly pValue: number | null;
  /** In standard deviations above sampling noise. */
  readonly effect: number | null;
  /** How much wider shares spread between blocks of the reference than those of independent rows. */
  readonly designEffect: number | null;
  /** The class, or the range of values, whose share moved most. */
  readonly part: { readonly label: string; readonly now: number; readonly before: number } | null;
  readonly histogram: DriftHistogram | null;
  readonly text: string;
}

export interface LabelRows {
  readonly rows: number;
  readonly throughSeq: number;
  /** In the cells of the profile. */
  readonly cells: CellCounts;
  /**
   * The season of the reference, and rows by its phases, last those of phases that it does not know, which are not
   * among `rows`. Null, or absent, where reference and rows were not both counted by one.
   */
  readonly placed?: { readonly of: SeasonSpec; readonly phases: readonly number[] } | null;
}

export const labelRowsMin = 200;
/** A class whose share has changed by this factor counts as moved although it is small in standard deviations. */
const factorMin = 1.5;

/**
 * A chi-square of the labels of the latest mature rows against those of the reference, as wide as the reference's own
 * blocks differ (Rao and Scott, 1984), at an error of its own: labels that do not change alarm in at most
 * `watch.labelDrift.falseAlarmRate` of windows, beside what the tests of features do. They must also have moved by
 * `watch.effectMin` standard deviations, or the share of a class by half of what it was or by a third less. With a
 * season, the reference is re-weighted to the phases of these rows.
 */
export function judgeLabels(
  profile: FeatureProfile | undefined,
  { rows, throughSeq, cells, placed = null }: LabelRows,
  watch: Pick<WatchSpec, 'effectMin' | 'labelDrift'>,
  isSeasonal = false,
): LabelDrift {
  const unjudged = { rows, throughSeq, pValue: null, effect: null, designEffect: null, part: null, histogram: null };
  if (profile === undefined) {
    const text = 'Labels were not judged: the reference of the champion has none; its next training keeps them.';
    return { verdict: 'insufficient', ...unjudged, text };
  }
  if (rows < labelRowsMin) {
    const text = `Labels were not judged: ${sayMany(rows, 'mature labelled row')} of ${labelRowsMin} are in.`;
    return { verdict: 'insufficient', ...unjudged, text };
  }
  const phases = placed?.phases.slice(0, -1) ?? null;
  const same = phases === null ? null : samePhase(profile, phases);
  const reference = same?.reference ?? referenceCells(profile);
  const memory = same?.memory ?? profile.memory ?? [];
  const { pValue, designEffect } = chiSquareHomogeneity(reference, cells, longest(memory, rows));
  const effect = standardShift(reference, cells, designEffect);
  const part = partOf(profile, reference, cells);
  const { falseAlarmRate } = watch.labelDrift ?? defaultLabelDrift;
  const factor = Math.max(part.now, part.before) / Math.max(Math.min(part.now, part.before), Number.MIN_VALUE);
  const isLarge = effect >= watch.effectMin || (profile.kind !== 'binned' && factor >= factorMin);
  const isMoved = pValue <= falseAlarmRate && isLarge;
  const text =
    `Labels of the latest ${sayMany(rows, 'mature labelled row')} (through row ${sayCount(throughSeq)}): ` +
    `${part.label} is ${sayShare(part.now)}, ${sayShare(part.before)} when trained; ${sayNumber(effect)} standard ` +
    `deviations, p ${sayNumber(pValue)} (alarm at p ${sayNumber(falseAlarmRate)} and ${sayNumber(watch.effectMin)}, ` +
    `or a class half as frequent again or a third less): ${isMoved ? 'they have drifted' : 'stable'}.` +
    saySeason(placed, isSeasonal);
  const histogram = histogramOf(profile, cells, phases);
  return {
    verdict: isMoved ? 'drift' : 'stable',
    rows,
    throughSeq,
    pValue,
    effect,
    designEffect,
    part,
    histogram,
    text,
  };
}

function saySeason(placed: NonNullable<LabelRows['placed']> | null, isSeasonal: boolean): string {
  if (placed !== null) return ` ${sayPhase(placed.of, placed.phases.at(-1) ?? 0)}`;
  return isSeasonal ? ` ${unheeded}` : '';
}

/** A length of which the reference has fewer blocks is not known well enough to be the longest. */
const blocksMin = 40;
const lengthsMax = 2;

/**
 * The two longest lengths of blocks that are known and no longer than the window, with what is longer. Labels have few
 * cells, so that their spread is known well at each length; continued from a short block, that of a stream with memory
 * would be made many times too wide.
 */
function longest(memory: readonly BlockSpread[], rows: number): readonly BlockSpread[] {
  const usable = memory.filter(({ blocks, blockRows }) => blocks >= blocksMin && blockRows <= rows).length;
  return memory.slice(Math.max(0, usable - lengthsMax));
}

/** The cell that moved most, by its own size: of a rare class and the usual one the rare one is named. */
function partOf(profile: FeatureProfile, reference: CellCounts, cells: CellCounts) {
  const labels = cellLabels(profile);
  const [n, m] = [total(reference) || 1, total(cells) || 1];
  const shares = labels.map((label, cell) => ({
    label,
    now: (cells[cell] ?? 0) / m,
    before: (reference[cell] ?? 0) / n,
  }));
  const movedBy = ({ now, before }: { readonly now: number; readonly before: number }): number =>
    now === before ? 0 : (now - before) ** 2 / (now + before);
  return shares.reduce((most, one) => (movedBy(one) > movedBy(most) ? one : most), {
    label: labels[0] ?? '',
    now: 0,
    before: 0,
  });
}

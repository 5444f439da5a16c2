import { longRunDeviation } from '../../../statistics/samples/long-run-deviation.ts';
import { holmRejected } from '../../../statistics/samples/multiplicity.ts';
import { momentsOf, welchGreater, type MeanEstimate } from '../../../statistics/samples/paired.ts';
import { sayMany, sayNumber, sayShare } from '../../words/say.ts';
import type { RecentLosses } from '../judge-decay.ts';
import type { DecayPartition } from './decay-parts.ts';

/** A part of the rows that carries more of a rise in loss than its share of the rows. */
export interface DecayCause {
  readonly name: string;
  readonly kind: DecayPartition['kind'];
  readonly part: string;
  /** Of the rows, now and before. */
  readonly rowShare: number;
  readonly rowShareBefore: number;
  readonly loss: number;
  readonly lossBefore: number;
  /** What the part adds to the rise: because the loss in it rose, and because its share of the rows moved. */
  readonly within: number;
  readonly mix: number;
  /** Of the whole rise; parts that offset each other may carry more than 1. */
  readonly shareOfRise: number;
  /** Of the test by which it is named, alone. */
  readonly pValue: number;
  readonly by: 'within' | 'mix';
}

export interface DecayCauses {
  /** What is told apart: the mean of the recent rows minus that of the hold-out. Null where it cannot be. */
  readonly rise: number | null;
  /** First the one that carries most; at most 5. */
  readonly causes: readonly DecayCause[];
  /** Parts that were tested. */
  readonly tested: number;
  readonly text: string;
}

/** One or more innocent parts are named in at most this share of cases. */
export const causeAlpha = 0.05;
/** Fewer rows of a part, recent or before, prove nothing. */
export const partRowsMin = 30;
const causesMax = 5;
const toldMax = 3;

/**
 * Which parts of the rows carry a rise in loss. For each way to part the rows, the rise is exactly the sum over its
 * parts of `within` = q (l - k) and `mix` = (q - p) (k - L): q and p the share of the rows now and before, l and k the
 * mean loss in the part now and before, L that of all rows before (Kitagawa, JASA 50, 1955, with the weights of now). A
 * part is named where the loss in it rose more than outside of it, or where its share moved towards loss: more rows of
 * a part that was lossier than the rest, or fewer of one that was less so, of which both must be proven. Deviations
 * follow the memory of the rows, and their entities. Holm over all tests of all partitions: one or more parts in which
 * the loss rose as elsewhere and whose share or level did not differ are named in at most `causeAlpha` of cases.
 */
export function decayCauses(
  recent: RecentLosses,
  before: Float64Array,
  partitions: readonly DecayPartition[],
): DecayCauses {
  const [now, then] = [momentsOf(recent.losses).mean, momentsOf(before).mean];
  const rise = now - then;
  if (!(rise > 0))
    return { rise, causes: [], tested: 0, text: 'Where it rose is not told: it has not since the hold-out.' };
  const parts = partitions.flatMap((partition) => {
    const named = partition.parts.flatMap((_, part) => (partition.unnamed.includes(part) ? [] : [part]));
    return named.flatMap((part) => candidateOf(partition, part, recent, before, then, rise));
  });
  const tests = parts.flatMap((part) => [
    { part, by: 'within' as const, pValue: part.withinP },
    { part, by: 'mix' as const, pValue: part.mixP },
  ]);
  const proven = holmRejected(tests.length, causeAlpha, (at, level) => (tests[at]?.pValue ?? 1) <= level)
    .flatMap(({ index }) => tests[index] ?? [])
    .filter(({ part }) => part.cause.shareOfRise > 0)
    .toSorted((a, b) => b.part.cause.shareOfRise - a.part.cause.shareOfRise || a.pValue - b.pValue);
  const once = proven.filter(({ part }, at) => proven.findIndex((other) => other.part === part) === at);
  const causes = once.slice(0, causesMax).map(({ part, by, pValue }) => ({ ...part.cause, by, pValue }));
  return { rise, causes, tested: parts.length, text: say(rise, causes, parts.length) };
}

interface Candidate {
  readonly cause: Omit<DecayCause, 'pValue' | 'by'>;
  readonly withinP: number;
  readonly mixP: number;
}

/** None for a part of too few rows, or of almost all of them. */
function candidateOf(
  { name, kind, parts, before: partBefore, now: partNow }: DecayPartition,
  part: number,
  recent: RecentLosses,
  before: Float64Array,
  meanBefore: number,
  rise: number,
): readonly Candidate[] {
  const now = sideOf(recent.losses, partNow, part);
  const then = sideOf(before, partBefore, part);
  if ([now.inside, now.outside, then.inside, then.outside].some((rows) => rows < partRowsMin)) return [];
  const groups = recent.entities;
  const gapNow = estimateOf(now.gap, now.gaps, groups, null);
  const gapThen = estimateOf(then.gap, then.gaps, null, gapNow.entityEffect);
  const shareNow = estimateOf(now.share, now.shares, groups, null);
  const shareThen = estimateOf(then.share, then.shares, null, shareNow.entityEffect);
  const nothing: MeanEstimate = { mean: 0, standardError: 0, df: gapThen.df };
  const more = Math.max(welchGreater(shareNow, shareThen).pValue, welchGreater(gapThen, nothing).pValue);
  const fewer = Math.max(welchGreater(shareThen, shareNow).pValue, welchGreater(nothing, gapThen).pValue);
  const within = now.share * (now.loss - then.loss);
  const mix = (now.share - then.share) * (then.loss - meanBefore);
  const cause = {
    name,
    kind,
    part: parts[part] ?? '',
    rowShare: now.share,
    rowShareBefore: then.share,
    loss: now.loss,
    lossBefore: then.loss,
    within,
    mix,
    shareOfRise: (within + mix) / rise,
  };
  // Two directions in which the mix may move.
  return [{ cause, withinP: welchGreater(gapNow, gapThen).pValue, mixP: Math.min(1, 2 * Math.min(more, fewer)) }];
}

interface Side {
  readonly inside: number;
  readonly outside: number;
  readonly share: number;
  /** Mean loss inside. */
  readonly loss: number;
  /** Mean loss inside minus outside, and by how much each row moves it (its influence). */
  readonly gap: number;
  readonly gaps: Float64Array;
  readonly shares: Float64Array;
}

function sideOf(losses: Float64Array, partOf: Uint8Array, part: number): Side {
  const rows = losses.length;
  let [inside, sumInside, sumOutside] = [0, 0, 0];
  for (let row = 0; row < rows; row++) {
    if (partOf[row] === part) {
      inside++;
      sumInside += losses[row] ?? 0;
    } else sumOutside += losses[row] ?? 0;
  }
  const outside = rows - inside;
  const share = inside / rows;
  const [loss, other] = [sumInside / inside, sumOutside / outside];
  const gaps = losses.map((value, row) =>
    partOf[row] === part ? (value - loss) / share : -(value - other) / (1 - share),
  );
  const shares = Float64Array.from(losses, (_, row) => (partOf[row] === part ? 1 : 0));
  return { inside, outside, share, loss, gap: loss - other, gaps, shares };
}

/**
 * A mean by its rows: as wide as their memory or their entities show, or, of rows whose entities are not known, as
 * entities of the other side widen it.
 */
function estimateOf(
  mean: number,
  influences: Float64Array,
  groups: Uint32Array | null,
  entityEffect: number | null,
): MeanEstimate & { readonly entityEffect: number } {
  const rows = influences.length;
  const { variance } = momentsOf(influences);
  const own = longRunDeviation(influences, { groups: null, span: 0 });
  const grouped = groups === null ? null : longRunDeviation(influences, { groups, span: 0 });
  const ofEntities = grouped === null ? 0 : (grouped.deviation ** 2 * rows) / grouped.units;
  const square = Math.max(own.deviation ** 2, ofEntities, (entityEffect ?? 1) * variance);
  const units = grouped !== null && ofEntities >= own.deviation ** 2 ? grouped.units : Math.floor(rows / own.blockRows);
  return {
    mean,
    standardError: Math.sqrt(square / rows),
    df: Math.max(1, units - 1),
    entityEffect: variance === 0 ? 1 : Math.max(1, ofEntities / variance),
  };
}

function say(rise: number, causes: readonly DecayCause[], tested: number): string {
  const error = `${sayMany(tested, 'part')} tested, an innocent one named in at most ${sayShare(causeAlpha)} of cases`;
  if (causes.length === 0)
    return `No part of the rows is proven to carry more of the rise than its share of the rows (${error}).`;
  const told = causes.slice(0, toldMax).map(sayCause);
  return `Of the rise of ${sayNumber(rise)} since the hold-out, ${told.join('; ')} (${error}).`;
}

/** `country = FR carries 78 % on 25 % of the rows (loss 0.61, 0.33 before)` */
export function sayCause(cause: DecayCause): string {
  const { shareOfRise, rowShare, rowShareBefore, loss, lossBefore, by } = cause;
  const rows =
    by === 'mix'
      ? `by its share of the rows, ${sayShare(rowShare)} and ${sayShare(rowShareBefore)} before, loss then`
      : `on ${sayShare(rowShare)} of the rows (loss ${sayNumber(loss)},`;
  const end = by === 'mix' ? ` ${sayNumber(lossBefore)}` : ` ${sayNumber(lossBefore)} before)`;
  return `${nameOf(cause)} carries ${sayShare(shareOfRise)} ${rows}${end}`;
}

export function nameOf({ name, kind, part }: Pick<DecayCause, 'name' | 'kind' | 'part'>): string {
  return kind === 'slice' ? name : `${name} ${part}`;
}

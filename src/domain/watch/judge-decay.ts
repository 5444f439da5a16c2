import { longRunDeviation } from '../../statistics/samples/long-run-deviation.ts';
import { momentsOf, welchGreater, type MeanEstimate } from '../../statistics/samples/paired.ts';
import { sayMany, sayNumber, sayShare } from '../words/say.ts';
import type { WatchSpec } from '../spec/spec.ts';
import type { LossReference } from './loss-reference.ts';
import { inPhasesOf, placeLosses, turnSquares, type LossSeason, type PlacedLosses } from './season/loss-season.ts';
import { sayPhase, unheeded } from './season/say-phase.ts';

export interface DecayJudgement {
  readonly verdict: 'steady' | 'decayed' | 'insufficient';
  readonly recentLoss: number | null;
  readonly referenceLoss: number | null;
  /** (recent - reference) / |reference|; null when it does not exist. */
  readonly relativeRise: number | null;
  /** For all spans of 50 windows together: a rise as clear as this comes by chance in that share of healthy streams. */
  readonly pValue: number | null;
  readonly rows: { readonly recent: number; readonly reference: number };
  readonly reference: LossReference | null;
  readonly text: string;
}

/** Losses (smaller is better) of matured rows after the reference, in time order. */
export interface RecentLosses {
  readonly losses: Float64Array;
  /** The entity of each row, as a number; null where rows have none. */
  readonly entities: Uint32Array | null;
  /** When each happened, in milliseconds; without, a season of the reference cannot be heeded. */
  readonly timesMs?: readonly (number | null)[] | null;
}

/** Rows of each kind without which decay is not judged, whatever the plan asks for. */
export const decayRowsMin = 150;
/** The longest span that is looked at, unless the plan's least number of rows is more. */
export const decayRowsMax = 4_000;
/** Windows in a row for which `alpha` is the probability of a false alarm. */
export const decayHorizonWindows = 50;

/**
 * Is the model worse now than right after its promotion? The mean loss of the last rows (the plan's least number, and
 * 2, 4, 8, 16 times as many up to 4,000) is held against a reference that does not move, by Welch's test with
 * deviations that the memory of the rows, or their entities, show; rows of a short span are taken to remember what the
 * rows of the reference do. Alpha is shared out evenly among the spans and the looks of 50 windows (Bonferroni),
 * however they depend on each other: a healthy stream alarms in any of 50 windows with a probability of about alpha.
 * Where the reference knows a season, rows are held against those of the same phases, and memory is what the clock
 * leaves. Decayed when a span is significant at that and its mean loss has risen by at least `relativeRiseMin`. It is a
 * function of the rows and the reference alone: a window that is judged again says the same.
 */
export function judgeDecay(
  recent: RecentLosses,
  reference: LossReference | null,
  decay: WatchSpec['decay'],
  { alpha = decay.alpha, isSeasonal = false }: { readonly alpha?: number; readonly isSeasonal?: boolean } = {},
): DecayJudgement {
  const placed = reference === null ? null : inKnownPhases(recent, reference);
  const spans = reference === null || placed === null ? [] : heldPlaced(placed, reference, decay);
  const [first] = spans;
  if (reference === null || first === undefined)
    return insufficient(
      { recent: (placed ?? recent).losses.length, reference: reference?.rows ?? 0 },
      decayRowsMinOf(decay),
      reference,
    );
  const decayed = spans.find(({ pValue, isLarge }) => isLarge && pValue <= alpha);
  const clearest = spans.reduce((most, one) => (one.pValue < most.pValue ? one : most), first);
  const { isLarge: _, ...shown } = decayed ?? clearest;
  const { recentLoss, referenceLoss, relativeRise, pValue, rows } = shown;
  const change =
    relativeRise === null
      ? 'from nothing'
      : `${sayShare(Math.abs(relativeRise))} ${relativeRise >= 0 ? 'higher' : 'lower'}`;
  const text =
    `Loss is ${sayNumber(recentLoss)} on the last ${sayMany(rows.recent, 'labelled row')}, ` +
    `${sayNumber(referenceLoss)} after promotion: ${change} (p ${sayNumber(pValue)} for ` +
    `${sayMany(decayHorizonWindows, 'window')}; alarm at p ${sayNumber(alpha)} and ` +
    `${sayShare(decay.relativeRiseMin)}): ${decayed === undefined ? 'steady' : 'quality has decayed'}.` +
    saySeason(reference, recent.losses.length - (placed ?? recent).losses.length, isSeasonal);
  return { verdict: decayed === undefined ? 'steady' : 'decayed', ...shown, reference, text };
}

export function decayRowsMinOf({ labelledRowsMin }: WatchSpec['decay']): number {
  return Math.max(labelledRowsMin, decayRowsMin);
}

/** The rows of one span, beside a reference. */
export interface HeldSpan extends Pick<DecayJudgement, 'relativeRise' | 'rows'> {
  readonly recentLoss: number;
  readonly referenceLoss: number;
  /** For all spans of 50 windows together, and for as many references as it was chosen from. */
  readonly pValue: number;
  /** Its loss has risen by at least as much as the plan asks for. */
  readonly isLarge: boolean;
}

/** Every span that there are rows for, the shortest first; none while rows or the reference are too few. */
export function heldAgainst(
  recent: RecentLosses,
  reference: LossReference,
  decay: WatchSpec['decay'],
  chosenFrom = 1,
): readonly HeldSpan[] {
  return heldPlaced(inKnownPhases(recent, reference), reference, decay, chosenFrom);
}

function heldPlaced(
  placed: RecentPlaced,
  reference: LossReference,
  decay: WatchSpec['decay'],
  chosenFrom = 1,
): readonly HeldSpan[] {
  const rowsMin = decayRowsMinOf(decay);
  if (reference.rows < rowsMin) return [];
  const spans = spansOf(rowsMin);
  const looks = spans.length * decayHorizonWindows * chosenFrom;
  return spans
    .filter((span) => span <= placed.losses.length)
    .map((span) => {
      const [now, then] = estimatesOf(lastOf(placed, span), reference);
      const [recentLoss, referenceLoss] = [now.mean, then.mean];
      const relativeRise = referenceLoss === 0 ? null : (recentLoss - referenceLoss) / Math.abs(referenceLoss);
      return {
        recentLoss,
        referenceLoss,
        relativeRise,
        rows: { recent: span, reference: reference.rows },
        // Of one entity nothing can be said.
        pValue: now.df < 1 || then.df < 1 ? 1 : Math.min(1, looks * welchGreater(now, then).pValue),
        // From a loss of exactly 0 every rise is infinite in relation.
        isLarge: relativeRise === null ? recentLoss > 0 : relativeRise >= decay.relativeRiseMin,
      };
    });
}

/** Rows of one entity are copies of each other on both sides, in the measure that the recent ones show. */
function estimatesOf(recent: RecentPlaced, reference: LossReference): readonly [MeanEstimate, MeanEstimate] {
  const { entities, placed } = recent;
  const { season } = reference;
  const rows = recent.losses.length;
  // What the clock leads one to expect is no memory and no difference between entities.
  const losses =
    season === undefined || placed === null
      ? recent.losses
      : recent.losses.map((loss, row) => loss - (season.means[placed.phases[row] ?? 0] ?? 0));
  const { mean } = momentsOf(recent.losses);
  const { variance } = momentsOf(losses);
  const own = longRunDeviation(losses, { groups: null, span: 0 });
  const asBefore = variance * reference.designEffect;
  const ofRows =
    asBefore > own.deviation ** 2
      ? { square: asBefore, units: reference.blocks }
      : { square: own.deviation ** 2, units: Math.floor(rows / own.blockRows) };
  const grouped = entities === null ? null : longRunDeviation(losses, { groups: entities, span: 0 });
  // The deviation of one unit is of one entity; of one row it is that by the root of how many rows an entity has.
  const ofEntities =
    grouped === null ? null : { square: (grouped.deviation ** 2 * rows) / grouped.units, units: grouped.units };
  const now = ofEntities !== null && !(ofEntities.square < ofRows.square) ? ofEntities : ofRows;
  const entityEffect = ofEntities === null || variance === 0 ? 1 : ofEntities.square / variance;
  const then = Math.max(reference.deviation ** 2, reference.variance * entityEffect);
  return [
    { mean, standardError: Math.sqrt(now.square / rows), df: now.units - 1 },
    season === undefined || placed === null
      ? { mean: reference.mean, standardError: Math.sqrt(then / reference.rows), df: reference.blocks - 1 }
      : inSamePhases(reference, season, placed, then),
  ];
}

/**
 * The reference in the phases of these rows: as wide as all of its rows spread, or as those of these phases do where
 * that is more. How its turns differ is how those of the recent rows do as well: both are in this one estimate, so that
 * the degrees of freedom are those of the few turns as far as they matter (Satterthwaite, Biometrics Bulletin 2, 1946).
 */
function inSamePhases(
  { variance, blocks }: LossReference,
  season: LossSeason,
  { phases, turns }: Pick<PlacedLosses, 'phases' | 'turns'>,
  perRow: number,
): MeanEstimate {
  const same = inPhasesOf(season, phases);
  const effect = variance === 0 ? 1 : perRow / variance;
  const ofRows = Math.max(perRow * same.perRow, effect * same.variance);
  const ofTurns = season.turns.variance * (season.turns.squares + turnSquares(turns));
  const all = ofRows + ofTurns;
  const df = all ** 2 / (ofRows ** 2 / (blocks - 1) + ofTurns ** 2 / (season.turns.count - 1));
  return { mean: same.mean, standardError: Math.sqrt(all), df: all === 0 ? blocks - 1 : df };
}

interface RecentPlaced extends RecentLosses {
  /** By the season of the reference; null without one. */
  readonly placed: Pick<PlacedLosses, 'phases' | 'turns'> | null;
}

/** Rows of phases that the reference does not know are left out. */
function inKnownPhases(recent: RecentLosses, { season }: LossReference): RecentPlaced {
  if (season === undefined) return { ...recent, placed: null };
  const { losses, entities } = recent;
  const { at, ...placed } = placeLosses(season, recent.timesMs ?? [], losses.length);
  return {
    losses: Float64Array.from(at, (row) => losses[row] ?? 0),
    entities: entities === null ? null : Uint32Array.from(at, (row) => entities[row] ?? 0),
    placed,
  };
}

function saySeason({ season }: LossReference, leftOut: number, isSeasonal: boolean): string {
  if (season !== undefined) return ` ${sayPhase(season.of, leftOut)}`;
  return isSeasonal ? ` ${unheeded}` : '';
}

function spansOf(rowsMin: number): readonly number[] {
  const spans: number[] = [];
  for (let span = rowsMin; spans.length === 0 || span <= decayRowsMax; span *= 2) spans.push(span);
  return spans;
}

function lastOf({ losses, entities, placed }: RecentPlaced, rows: number): RecentPlaced {
  return {
    losses: losses.subarray(losses.length - rows),
    entities: entities?.subarray(-rows) ?? null,
    placed: placed === null ? null : { phases: placed.phases.slice(-rows), turns: placed.turns.slice(-rows) },
  };
}

function insufficient(rows: DecayJudgement['rows'], rowsMin: number, reference: LossReference | null): DecayJudgement {
  const text =
    `Quality was not judged: ${sayMany(rows.recent, 'recent labelled row')} and ` +
    `${sayMany(rows.reference, 'row')} from after promotion are in, ${sayMany(rowsMin, 'row')} of each are needed.`;
  const nothing = { recentLoss: null, referenceLoss: null, relativeRise: null, pValue: null };
  return { verdict: 'insufficient', ...nothing, rows, reference, text };
}

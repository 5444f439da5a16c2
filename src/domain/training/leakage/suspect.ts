import { cut } from '../../words/cut.ts';
import { sayMany, sayNumber } from '../../words/say.ts';
import { spearman } from '../../../statistics/samples/pairs/association.ts';
import { cellsOf, numberCells, type LeakageColumn, type LeakageRows } from './columns.ts';
import { areaOf, explainedShare, holdOut, rankCorrelation, type HeldOut } from './score.ts';
import { rowOrder, type LeakageKind, type LeakageSuspicion } from './suspicion.ts';

/** Shares from which on a column alone is too good. */
export interface LeakageLimits {
  /** Of the variance of the target, explained on held-out rows. */
  readonly explained: number;
}

export const usualLimits: LeakageLimits = { explained: 0.95 };

/** With fewer held-out rows nothing is suspected. */
const heldRowsMin = 30;
/** A time feature may be later than its event in so many rows by mistake of a clock. */
const laterShareMax = 0.01;
/** A value for nearly every row. */
const nearUnique = 0.95;
/** What an id, which should say nothing at all, may explain. */
const idExplainedMax = 0.5;
/** Follows the order of the rows as closely as this: a counter, and no id that says anything by itself. */
const counterCorrelation = 0.9;
/** Rank correlation with a target without classes from which on a number is its copy, or nearly so. */
const copyCorrelation = 0.9995;
/** Rows in which a copy may differ. */
const copyErrorsMax = 0.001;

interface Asked extends LeakageRows {
  readonly rows: HeldOut;
  readonly limits: LeakageLimits;
}

/**
 * Which features look as if they knew the target: each is scored alone on three tenths of the rows, by what the others
 * teach. At most one suspicion a column, worst first. The cost is linear in rows and columns, but for one sort each.
 */
export function suspectLeakage(given: LeakageRows, limits: LeakageLimits = usualLimits): readonly LeakageSuspicion[] {
  return worstFirst([...askEach(given, limits)]);
}

/** The same one feature after the other, for whoever has other things to do in between. */
export function* askEach(
  given: LeakageRows,
  limits: LeakageLimits = usualLimits,
): Generator<LeakageSuspicion | null, void> {
  const rows = holdOut(given.labels.length);
  if (rows.held.length < heldRowsMin) return;
  const asked = { ...given, rows, limits };
  for (const feature of given.features) yield suspectFeature(feature, asked);
  yield suspectOrder(asked);
}

export function worstFirst(found: readonly (LeakageSuspicion | null)[]): readonly LeakageSuspicion[] {
  return found.filter((one) => one !== null).toSorted((a, b) => b.score - a.score);
}

function suspectFeature(feature: LeakageColumn, asked: Asked): LeakageSuspicion | null {
  return suspectNewer(feature, asked) ?? suspectScore(feature, asked) ?? suspectId(feature, asked);
}

/** What a row says of a moment after its event was not known when it was asked for. */
function suspectNewer(feature: LeakageColumn, { eventTimeMs }: Asked): LeakageSuspicion | null {
  if (eventTimeMs === null || feature.isTime !== true || !('numbers' in feature)) return null;
  let [later, both] = [0, 0];
  for (let row = 0; row < eventTimeMs.length; row++) {
    const [value, event] = [feature.numbers[row] ?? Number.NaN, eventTimeMs[row] ?? Number.NaN];
    if (Number.isNaN(value) || Number.isNaN(event)) continue;
    both++;
    if (value > event) later++;
  }
  const score = both === 0 ? 0 : later / both;
  if (score <= laterShareMax) return null;
  const text = `"${named(feature.name)}" is later than the event time in ${sayMany(later, 'row')} of ${both}`;
  const found = { kind: 'newer-than-event', measure: 'rowsLater', limit: laterShareMax, rows: both } as const;
  return { ...found, column: feature.name, score, text: `${text}: it was not known when the event happened.` };
}

function suspectScore(feature: LeakageColumn, asked: Asked): LeakageSuspicion | null {
  const { labels, classCount, rows, limits } = asked;
  const held = { rows: rows.held.length };
  const cells = cellsOf(feature);
  const explained = explainedShare(cells, asked, rows);
  if (explained !== null && explained >= limits.explained)
    return ofScore(feature, asked, { ...held, measure: 'explained', score: explained, limit: limits.explained });
  if (!('numbers' in feature)) return null;
  // A rare class may end inside a cell, whose mean then hides how well the number tells it.
  const area = areaOf(feature.numbers, labels, classCount);
  const areaLimit = 1 - (1 - limits.explained) / 10;
  if (area !== null && area >= areaLimit)
    return ofScore(feature, asked, { measure: 'area', score: area, limit: areaLimit, rows: labels.length });
  const correlation = classCount > 0 ? null : rankCorrelation(feature.numbers, labels, rows);
  if (correlation === null || correlation < copyCorrelation) return null;
  return ofScore(feature, asked, { ...held, measure: 'correlation', score: correlation, limit: copyCorrelation });
}

type Score = Pick<LeakageSuspicion, 'measure' | 'score' | 'limit' | 'rows'>;

const measureWords = {
  explained: (score: string) => `explains ${score} of the variance of`,
  area: (score: string) => `has an area under the ROC curve of ${score} for`,
  correlation: (score: string) => `has a rank correlation of ${score} with`,
  rowsLater: (score: string) => `is later in ${score} of the rows of`,
} as const satisfies Record<LeakageSuspicion['measure'], (score: string) => string>;

function ofScore(feature: LeakageColumn, asked: Asked, score: Score): LeakageSuspicion {
  const kind: LeakageKind = isCopy(feature, asked) ? 'target-copy' : 'near-perfect';
  const { targetName } = asked;
  const what = measureWords[score.measure](sayNumber(score.score));
  const where = sayMany(score.rows, score.measure === 'area' ? 'row' : 'held-out row');
  const text =
    `"${named(feature.name)}" alone ${what} "${named(targetName)}" on ${where}` +
    `${kind === 'target-copy' ? ': it is the target under another name' : ''}.`;
  return { kind, column: feature.name, ...score, text };
}

/** Whether one value stands for one class, or a number follows the target in every row. */
function isCopy(feature: LeakageColumn, { labels, classCount }: Asked): boolean {
  if (classCount === 0)
    return 'numbers' in feature && Math.abs(spearman(feature.numbers, labels) ?? 0) >= 1 - copyErrorsMax / 10;
  const { of, count } = cellsOf(feature);
  const used = new Set(of).size;
  if (used > classCount + 1) return false;
  const counts = new Float64Array(count * classCount);
  for (let row = 0; row < of.length; row++) {
    const at = (of[row] ?? 0) * classCount + (labels[row] ?? 0);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  let best = 0;
  for (let cell = 0; cell < count; cell++)
    best += Math.max(...counts.subarray(cell * classCount, (cell + 1) * classCount));
  return best >= (1 - copyErrorsMax) * of.length;
}

/** A name or a number that stands for its row and still predicts. */
function suspectId(feature: LeakageColumn, asked: Asked): LeakageSuspicion | null {
  const { rows, targetName } = asked;
  const cells = idCells(feature);
  const score = cells === null ? null : explainedShare(cells, asked, rows);
  if (score === null || score < idExplainedMax) return null;
  const text =
    `"${named(feature.name)}" has a value of its own in nearly every row, as an id has, and explains ` +
    `${sayNumber(score)} of the variance of "${named(targetName)}" on ${sayMany(rows.held.length, 'held-out row')}.`;
  const found = { kind: 'id', measure: 'explained', limit: idExplainedMax, rows: rows.held.length } as const;
  return { ...found, column: feature.name, score, text };
}

function idCells(feature: LeakageColumn) {
  if (feature.isTime === true) return null;
  if ('texts' in feature) {
    if (!isNearUnique(feature.texts)) return null;
    // What all of them have is their shape: the digits are what differs by nature.
    const shapes = Array.from(feature.texts, (text) => text?.replaceAll(/[0-9]+/g, '#') ?? null);
    return cellsOf({ name: feature.name, texts: shapes });
  }
  const { numbers } = feature;
  const isWhole = Array.from(numbers).every((value) => Number.isNaN(value) || Number.isInteger(value));
  if (!isWhole || !isNearUnique(numbers)) return null;
  const places = Float64Array.from({ length: numbers.length }, (_, row) => row);
  // What counts rows says when they came, and the target may well follow the time: see `suspectOrder`.
  const isCounter = Math.abs(spearman(numbers, places) ?? 0) >= counterCorrelation;
  return !isCounter && /(?:^|_|-|\b)(?:id|uuid|key)$|[a-z]Id$/.test(feature.name) ? numberCells(numbers) : null;
}

function isNearUnique(values: ArrayLike<number | string | null>): boolean {
  const seen = new Set<number | string | null>();
  for (let i = 0; i < values.length; i++) seen.add(values[i] ?? null);
  return values.length >= heldRowsMin && seen.size >= nearUnique * values.length;
}

/** A file that is sorted by its target. Values that rise with time are no such thing: only classes are asked. */
function suspectOrder(asked: Asked): LeakageSuspicion | null {
  const { labels, classCount, rows, targetName, limits } = asked;
  if (classCount === 0) return null;
  const cells = numberCells(Float64Array.from({ length: labels.length }, (_, row) => row));
  const score = explainedShare(cells, asked, rows);
  if (score === null || score < limits.explained - 0.1) return null;
  const limit = limits.explained - 0.1;
  const text =
    `the place of a row explains ${sayNumber(score)} of the variance of "${named(targetName)}" on ` +
    `${sayMany(rows.held.length, 'held-out row')}: the rows are sorted by the target.`;
  return { kind: 'row-order', column: rowOrder, measure: 'explained', score, limit, rows: rows.held.length, text };
}

/** A name comes from a file. */
function named(name: string): string {
  return cut(name, 80);
}

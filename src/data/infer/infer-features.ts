import { isText, kindOf } from '../../domain/features/kind-of.ts';
import { isSameColumn, misnomerOf } from '../../domain/spec/columns/column-name.ts';
import { listNames } from '../../domain/words/nearest-name.ts';
import type { FeatureSpec } from '../../domain/spec/spec.ts';
import type { ColumnScan } from './columns/column-scan.ts';
import type { Guess, GuessOptions } from './columns/guess.ts';
import { guessKind } from './columns/guess-kind.ts';

interface InferredFeatures {
  readonly features: readonly FeatureSpec[];
  /** One sentence per reason for leaving columns out, and per column that needs an eye. */
  readonly notes: readonly string[];
}

/** What else is known of the table. */
interface Surroundings extends GuessOptions {
  /** Columns that are target, entity or event time. */
  readonly target: string;
  readonly named: readonly string[];
  /** Number columns that only rise or only fall within the history. */
  readonly clocks: ReadonlySet<string>;
}

/** Text of which more than this share is unique names rows rather than describing them. */
const uniqueShareMax = 0.9;
/** Below this many values even a column without repetitions may be a plain category. */
const uniqueValuesMin = 50;
const freeTextCharacters = 64;
/** Of lists and objects. */
const nestedShareMax = 0.02;

/** A feature for each column that can say something; every inferred feature may be missing. */
export function inferFeatures(scans: readonly ColumnScan[], around: Surroundings): InferredFeatures {
  const features: FeatureSpec[] = [];
  const notes: string[] = [];
  const dropped = new Map<string, string[]>();
  for (const scan of scans) {
    const guess = guessKind(scan, around);
    const reason = twinOf(scan, features, around) ?? reasonToDrop(scan, guess, around);
    // What a column was read as may be why it is left out.
    notes.push(...guess.notes);
    if (reason !== null) {
      dropped.set(reason, [...(dropped.get(reason) ?? []), sayName(scan.name)]);
      continue;
    }
    const base = { name: scan.name, missing: 'allow' } as const;
    const known = { integer: scan.integers === scan.filled, reading: guess.reading };
    features.push(kindOf(guess.kind).featureOf(base, known));
  }
  const left = [...dropped].map(([reason, names]) =>
    names.length === 1
      ? `${listNames(names)} is left out: it ${reason}.`
      : `${listNames(names)} are left out: each ${reason}.`,
  );
  return { features, notes: [...left, ...notes] };
}

/** A name with a line break would break the line that it stands on. */
function sayName(name: string): string {
  return misnomerOf(name) === null ? name : JSON.stringify(name);
}

/** A column that another name stands for already, as case does not count. */
function twinOf({ name }: ColumnScan, features: readonly FeatureSpec[], around: Surroundings): string | null {
  if (isSameColumn(name, around.target)) return 'has the name of the target but for its case, and may be the answer';
  const others = [...around.named, ...features.map((feature) => feature.name)];
  return others.some((other) => other !== name && isSameColumn(other, name))
    ? 'differs from another column only in case'
    : null;
}

function reasonToDrop(scan: ColumnScan, { kind }: Guess, { clocks }: Surroundings): string | null {
  const misnomer = misnomerOf(scan.name);
  if (misnomer !== null) return `has a name that cannot be a feature, which ${misnomer}`;
  if (scan.present === 0) return 'is empty';
  if (scan.filled === 0) return 'holds nothing but words for a missing value';
  if (isConstant(scan, isText({ kind }))) return 'has the same value in every row';
  if (scan.nested > scan.present * nestedShareMax) return 'holds lists or objects';
  if (isRunningNumber(scan)) return 'is a running row number';
  if (kindOf(kind).isQuantity && clocks.has(scan.name)) return 'only moves one way within the history, as a clock does';
  if (!isText({ kind })) return null;
  if (scan.distinct > uniqueValuesMin && scan.distinct > scan.present * uniqueShareMax)
    return 'is different text in almost every row';
  if (scan.length > freeTextCharacters && scan.distinct > scan.present * 0.5) return 'is free text';
  return null;
}

/** Of numbers the value counts, 5 and 5.0 being one; and beside words for "missing" the values alone. */
function isConstant(scan: ColumnScan, isWords: boolean): boolean {
  if (isWords) return scan.isConstant;
  return scan.isConstantBeside || (scan.numbers === scan.filled && scan.min !== null && scan.min === scan.max);
}

/** Whole numbers that fill their range without a gap and rise with the file: they only say how late the row is. */
function isRunningNumber(scan: ColumnScan): boolean {
  if (scan.integers < scan.rows || scan.min === null || scan.max === null) return false;
  return scan.rows > 50 && scan.max - scan.min === scan.rows - 1 && (scan.placeCorrelation ?? 0) > 0.9999;
}

import { isText, kindOf } from '../../domain/features/kind-of.ts';
import { reservedColumns } from '../../domain/spec/check-columns.ts';
import { listNames } from '../../domain/words/nearest-name.ts';
import type { FeatureKind, FeatureSpec } from '../../domain/spec/spec.ts';
import type { ColumnScan } from './scan-columns.ts';

interface InferredFeatures {
  readonly features: readonly FeatureSpec[];
  /** One sentence per reason for leaving columns out, and per column that needs an eye. */
  readonly notes: readonly string[];
}

/** A column is of a kind when so many of its cells are; the rest goes to quarantine. */
const kindShareMin = 0.98;
/** Text of which more than this share is unique names rows rather than describing them. */
const uniqueShareMax = 0.9;
/** Below this many values even a column without repetitions may be a plain category. */
const uniqueValuesMin = 50;
const freeTextCharacters = 64;

/** A feature for each column that can say something; every inferred feature may be missing. */
export function inferFeatures(scans: readonly ColumnScan[]): InferredFeatures {
  const features: FeatureSpec[] = [];
  const notes: string[] = [];
  const dropped = new Map<string, string[]>();
  const seen = new Set<string>();
  for (const scan of scans) {
    const reason = seen.has(scan.name.toLowerCase()) ? 'differs from another column only in case' : reasonToDrop(scan);
    if (reason !== null) {
      dropped.set(reason, [...(dropped.get(reason) ?? []), scan.name]);
      continue;
    }
    seen.add(scan.name.toLowerCase());
    const feature = featureOf(scan);
    features.push(feature);
    const misfits = misfitsOf(scan, feature);
    if (misfits > 0)
      notes.push(
        `${scan.name} is taken as a ${feature.kind}; ` +
          `${misfits} of its ${scan.present} values are not one and go to quarantine.`,
      );
  }
  const left = [...dropped].map(([reason, names]) =>
    names.length === 1
      ? `${names.join('')} is left out: it ${reason}.`
      : `${listNames(names)} are left out: each ${reason}.`,
  );
  return { features, notes: [...left, ...notes] };
}

function reasonToDrop(scan: ColumnScan): string | null {
  if (scan.present === 0) return 'is empty';
  if (scan.isConstant) return 'has the same value in every row';
  if (scan.nested > scan.present * (1 - kindShareMin)) return 'holds lists or objects';
  if (scan.name.length > 200 || reservedColumns.includes(scan.name.toLowerCase()) || hasControl(scan.name))
    return 'has a name that cannot be a feature';
  if (isRunningNumber(scan)) return 'is a running row number';
  if (!isText({ kind: guessKind(scan) })) return null;
  if (scan.distinct > uniqueValuesMin && scan.distinct > scan.present * uniqueShareMax)
    return 'is different text in almost every row';
  if (scan.length > freeTextCharacters && scan.distinct > scan.present * 0.5) return 'is free text';
  return null;
}

function featureOf(scan: ColumnScan): FeatureSpec {
  const base = { name: scan.name, missing: 'allow' } as const;
  return kindOf(guessKind(scan)).featureOf(base, { integer: scan.integers === scan.present });
}

function guessKind(scan: ColumnScan): FeatureKind {
  const isMostly = (count: number) => count > 0 && count >= scan.present * kindShareMin;
  if (isMostly(scan.numbers)) return 'number';
  if (isMostly(scan.truths)) return 'boolean';
  if (isMostly(scan.times)) return 'time';
  return 'category';
}

/** Cells that can be read as the kind. */
const fitting: Record<FeatureKind, (scan: ColumnScan) => number> = {
  number: ({ numbers }) => numbers,
  category: ({ present }) => present,
  boolean: ({ truths }) => truths,
  time: ({ times }) => times,
};

function misfitsOf(scan: ColumnScan, { kind }: FeatureSpec): number {
  return scan.present - fitting[kind](scan);
}

/** Whole numbers that fill their range without a gap and rise with the file: they only say how late the row is. */
function isRunningNumber(scan: ColumnScan): boolean {
  if (scan.integers < scan.rows || scan.min === null || scan.max === null) return false;
  return scan.rows > 50 && scan.max - scan.min === scan.rows - 1 && (scan.placeCorrelation ?? 0) > 0.9999;
}

function hasControl(text: string): boolean {
  return [...text].some((character) => character < ' ' || character === '\u007f');
}

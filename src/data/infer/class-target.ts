import { trueTexts } from '../../domain/cells/read-truth.ts';
import { charsMax } from '../../domain/words/limits.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { Extent } from '../../domain/words/extent.ts';
import type { TargetSpec } from '../../domain/spec/spec.ts';

/** How often a label occurs, the most frequent first. */
export interface LabelCount {
  readonly label: string;
  readonly rows: number;
  /** Rows within the history. */
  readonly early: number;
}

interface ClassTarget {
  readonly target: TargetSpec;
  readonly notes: readonly string[];
}

/** Two classes; throws when the wanted one is neither, or the history does not hold both. */
export function binaryTarget(
  column: string,
  counts: readonly LabelCount[],
  wanted: string | undefined,
  labelDelay: Extent,
): ClassTarget {
  refuseLabels(column, counts);
  const labels = counts.map((count) => count.label);
  const positive =
    wanted === undefined
      ? guessPositive(counts)
      : labels.find((label) => label === wanted.replace(/^(-?\d+)\.0+$/, '$1'));
  if (positive === undefined)
    throw refuseTarget(
      column,
      `--positive ${wanted ?? ''} is not a value of ${column}; it has ${labels.join(' and ')}`,
      'Name one of the two with --positive.',
    );
  const negative = labels.find((label) => label !== positive) ?? '';
  return {
    target: { task: 'binary', column, positive, negative, labelDelay },
    notes:
      wanted === undefined
        ? [`The positive class of ${column} is taken to be ${positive}; --positive says otherwise.`]
        : [],
  };
}

/** The word that means yes, otherwise the rarer class: what one looks for is mostly rare. */
function guessPositive(counts: readonly LabelCount[]): string | undefined {
  const yes = counts.find(({ label }) => trueTexts.some((text) => text === label.toLowerCase()));
  return (yes ?? counts.at(-1))?.label;
}

/** Classes in their order: of size where they are numbers, of the alphabet otherwise. */
export function multiclassTarget(column: string, counts: readonly LabelCount[], labelDelay: Extent): ClassTarget {
  refuseLabels(column, counts);
  const labels = counts.map((count) => count.label);
  const isNumeric = labels.every((label) => Number.isFinite(Number(label)));
  const classes = [...labels].sort((left, right) => (isNumeric ? Number(left) - Number(right) : left < right ? -1 : 1));
  const unseen = counts.filter((count) => count.early === 0).map((count) => count.label);
  return {
    target: { task: 'multiclass', column, classes, labelDelay },
    notes:
      unseen.length === 0
        ? []
        : [`The history holds no row of ${unseen.length === 1 ? 'class' : 'the classes'} ${unseen.join(', ')} yet.`],
  };
}

/** The first model learns from the history alone, so the history must hold two classes as well. */
function refuseLabels(column: string, counts: readonly LabelCount[]): void {
  const early = counts.filter((count) => count.early > 0);
  if (early.length < 2) {
    throw refuseTarget(
      column,
      `the first fifth of the rows, which is the history, holds ` +
        `${early.length === 0 ? 'no label' : `a single class (${early[0]?.label ?? ''})`} of ${column}; a first ` +
        `model needs at least two`,
      'Put the rows in order of time, so that the history holds both classes.',
    );
  }
  const long = counts.find((count) => count.label.length > charsMax.classLabel);
  if (long !== undefined)
    throw refuseTarget(
      column,
      `the target ${column} holds text of more than ${charsMax.classLabel} characters, which is no class`,
    );
}

export function refuseTarget(column: string, message: string, hint?: string): PerennialError {
  return new PerennialError('invalid_data', message, {
    path: column,
    hint: hint ?? 'Name another column with --target.',
  });
}

import type { Extent } from '../../domain/words/extent.ts';
import { isRows } from '../../domain/words/extent.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { SplitSpec } from '../../domain/spec/spec.ts';
import type { Split } from './folder.ts';
import type { TrainingTable } from './table.ts';

export const trainingRowsMin = 15;
export const partRowsMin = 5;

/**
 * Oldest rows train, then validation, then (if asked for) test, with a gap of the label delay before each of the latter
 * two: a label used for fitting was known when the first row of the next part was answered. The gap is never shortened:
 * rows that the delay leaves nothing of are refused, as an estimate that has seen the future is worse than none.
 */
export function splitByTime(
  table: Pick<TrainingTable, 'rows' | 'eventTimeMs'>,
  split: SplitSpec,
  labelDelay: Extent,
  hasTest: boolean,
): Split {
  const { rows } = table;
  const part = (share: number, rowsMax: number) => Math.max(partRowsMin, Math.min(rowsMax, Math.floor(rows * share)));
  const testRows = hasTest ? part(split.testShare, split.testRowsMax) : 0;
  const test = { from: rows - testRows, to: rows };
  const gapBeforeTest = hasTest ? gapBefore(test.from, table, labelDelay) : 0;
  const validationTo = test.from - gapBeforeTest;
  const validation = { from: validationTo - part(split.validationShare, split.validationRowsMax), to: validationTo };
  const gapBeforeValidation = gapBefore(validation.from, table, labelDelay);
  const training = { from: 0, to: validation.from - gapBeforeValidation };
  if (training.to < trainingRowsMin) {
    throw new PerennialError(
      'invalid_data',
      `${rows} labelled rows leave ${Math.max(0, training.to)} for training after validation ` +
        `(${validation.to - validation.from}), ` +
        `test (${testRows}) and label gaps (${gapBeforeTest + gapBeforeValidation}); ` +
        `at least ${trainingRowsMin} are needed`,
      {
        path: 'split',
        hint:
          'Bring more rows, lower split.validationShare and split.testShare, ' +
          'or declare a shorter target.labelDelay if labels come sooner.',
      },
    );
  }
  return { training, validation, test, gapRows: gapBeforeTest + gapBeforeValidation };
}

/**
 * Rows just before `boundary` whose labels were not yet known at that row. A row without event time may be of any, and
 * counts as one of them. Without event time at all, a delay in time cannot be held.
 */
export function gapBefore(
  boundary: number,
  { rows, eventTimeMs }: Pick<TrainingTable, 'rows' | 'eventTimeMs'>,
  delay: Extent,
): number {
  const limit = Math.max(0, boundary);
  if (isRows(delay)) return Math.min(delay.rows, limit);
  if (eventTimeMs === null) return 0;
  let first = limit;
  while (first < rows && Number.isNaN(eventTimeMs[first] ?? Number.NaN)) first++;
  const boundaryMs = eventTimeMs[first];
  if (boundaryMs === undefined) return 0;
  let gap = 0;
  while (gap < limit && !((eventTimeMs[boundary - gap - 1] ?? -Infinity) <= boundaryMs - delay.ms)) gap++;
  return gap;
}

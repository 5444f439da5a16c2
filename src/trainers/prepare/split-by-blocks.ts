import type { SplitSpec } from '../../domain/spec/spec.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { isRows, type Extent } from '../../domain/words/extent.ts';
import type { RowRange } from '../interface.ts';
import type { Fold, Split } from './folder.ts';
import { gapBefore, partRowsMin, trainingRowsMin } from './split-by-time.ts';
import type { TrainingTable } from './table.ts';

type Times = Pick<TrainingTable, 'rows' | 'eventTimeMs'>;

/**
 * Cuts the youngest `testRowsMax` rows into blocks in the order of time, each of which is judged by a model of all
 * other rows but those that lie less than the label delay before or behind it. Within those, how many trees there are
 * is chosen on the youngest `validationShare` of the longer side, with the delay before it. Throws `invalid_data` where
 * the delay leaves a fold too few rows: a gap is never shortened.
 */
export function splitByBlocks(table: Times, split: SplitSpec, folds: number, labelDelay: Extent): Split {
  const { rows } = table;
  const from = Math.max(0, rows - split.testRowsMax);
  const edge = (at: number): number => from + Math.round(((rows - from) * at) / folds);
  return {
    training: { from: 0, to: from },
    validation: { from, to: from },
    test: { from, to: rows },
    gapRows: 0,
    folds: Array.from({ length: folds }, (_, at) =>
      foldOf({ from: edge(at), to: edge(at + 1) }, table, split, labelDelay),
    ),
  };
}

function foldOf(block: RowRange, table: Times, split: SplitSpec, labelDelay: Extent): Fold {
  const before = { from: 0, to: block.from - gapBefore(block.from, table, labelDelay) };
  const after = { from: block.to + gapBehind(block.to, table, labelDelay), to: table.rows };
  const outside = [before, after].filter((range) => size(range) > 0);
  const share = Math.floor(outside.reduce((sum, range) => sum + size(range), 0) * split.validationShare);
  const longer = size(before) >= size(after) ? before : after;
  const wanted = Math.max(partRowsMin, Math.min(split.validationRowsMax, share));
  const validation = { from: Math.max(longer.from, longer.to - wanted), to: longer.to };
  const training = [before, after]
    .map((range) =>
      range === longer
        ? { from: range.from, to: validation.from - gapBefore(validation.from, table, labelDelay) }
        : range,
    )
    .filter((range) => size(range) > 0);
  const trained = training.reduce((sum, range) => sum + size(range), 0);
  if (trained >= trainingRowsMin && Math.min(size(validation), size(block)) >= partRowsMin)
    return { block, outside, training, validation };
  throw new PerennialError(
    'invalid_data',
    `${table.rows} labelled rows leave ${trained} for training and ${Math.max(0, size(validation))} for validation ` +
      `beside a block of ${size(block)} and its label gaps; at least ${trainingRowsMin}, ${partRowsMin} and ` +
      `${partRowsMin} are needed`,
    {
      path: 'split.blocks',
      hint: 'Bring more rows, split by time, or declare a shorter target.labelDelay if labels come sooner.',
    },
  );
}

/**
 * Rows from `boundary` on that came before the labels of the rows in front of it were known: what they tell of each
 * other is not what a row long after tells. A row without event time may be of any, and counts as one of them. Without
 * event time at all, a delay in time cannot be held.
 */
function gapBehind(boundary: number, { rows, eventTimeMs }: Times, delay: Extent): number {
  const limit = rows - boundary;
  if (isRows(delay)) return Math.min(delay.rows, limit);
  if (eventTimeMs === null) return 0;
  let last = boundary - 1;
  while (last >= 0 && Number.isNaN(eventTimeMs[last] ?? Number.NaN)) last--;
  const lastMs = eventTimeMs[last];
  if (lastMs === undefined) return 0;
  let gap = 0;
  while (gap < limit && !((eventTimeMs[boundary + gap] ?? Infinity) >= lastMs + delay.ms)) gap++;
  return gap;
}

function size({ from, to }: RowRange): number {
  return to - from;
}

import { taskOf } from '../tasks/task-of.ts';
import type { CorrectionSpec } from '../spec/spec.ts';
import type { Correction } from './correction.ts';
import { covariatesAt, recalibrate, sliceRows, type LabelledScores } from './recalibrate.ts';

/** More blocks cost more fits and say little more. */
const blocksMax = 24;

/** Rows by which a fit on the rows before them is judged: of the plan alone, so that a look goes on from the last. */
export function judgedBlockRows({ rowsMax, labelledRowsMin }: CorrectionSpec): number {
  return Math.max(10, Math.ceil(labelledRowsMin / 2), Math.ceil(rowsMax / blocksMax));
}

/** Differences of losses, row by row. */
export interface LossDifferences {
  readonly values: Float64Array;
  /** The most that the loss of one of these rows could have differed, whatever came true; 0 where nothing bounds it. */
  readonly span: number;
}

/**
 * Loss uncorrected minus loss corrected of each row (from the second block on, unless there is a hold-out), each block
 * corrected by what the rows before it say (prequential: Dawid, J. R. Stat. Soc. A 147, 1984). No row has a part in the
 * fit by which it is judged; where a search begins changes how long it takes.
 */
export function forwardGains(rows: LabelledScores, spec: CorrectionSpec): LossDifferences {
  const blockRows = judgedBlockRows(spec);
  const count = rows.labels.length;
  // What the hold-out said corrects the first rows; without it they only teach.
  const first = rows.holdOut === undefined ? blockRows : 0;
  const values = new Float64Array(Math.max(0, count - first));
  let span = 0;
  let trial: Correction | undefined;
  for (let from = first; from < count; from += blockRows) {
    trial = recalibrate(sliceRows(rows, 0, from), spec.halfLifeRows, rows.standards === undefined ? undefined : trial);
    const block = lossDifferences(sliceRows(rows, from, Math.min(count, from + blockRows)), null, trial);
    values.set(block.values, from - first);
    span = Math.max(span, block.span);
  }
  return { values, span };
}

/** Loss by one correction minus loss by another, row by row; null is uncorrected. */
export function lossDifferences(
  rows: LabelledScores,
  one: Correction | null,
  other: Correction | null,
): LossDifferences {
  return differencesOf(rows, answersBy(rows, one), answersBy(rows, other));
}

/**
 * Loss as answered minus loss uncorrected, of the rows that were answered corrected since the last one that was not:
 * what the correction that is on has done to rows whose labels nobody knew when they were answered.
 */
export function answeredHarm(given: LabelledScores): LossDifferences {
  const { raw, answered = [] } = given;
  const isUncorrected = (row: number): boolean =>
    answered[row] === undefined || (raw[row] ?? []).every((score, k) => score === answered[row]?.[k]);
  let from = raw.length;
  while (from > 0 && !isUncorrected(from - 1)) from--;
  const rows = sliceRows(given, from, raw.length);
  return differencesOf(rows, rows.answered ?? [], rows.raw);
}

type Answers = LabelledScores['raw'];

function answersBy(rows: LabelledScores, by: Correction | null): Answers {
  const { apply } = taskOf(rows.task).correction;
  return by === null ? rows.raw : rows.raw.map((scores, row) => apply(by, scores, covariatesAt(rows, row)));
}

function differencesOf({ task, labels }: LabelledScores, one: Answers, other: Answers): LossDifferences {
  const { loss, lossSpan } = taskOf(task).correction;
  let span = 0;
  const values = Float64Array.from(labels, (label, row) => {
    const [first, second] = [one[row] ?? [], other[row] ?? []];
    span = Math.max(span, lossSpan(first, second));
    return loss(first, label) - loss(second, label);
  });
  return { values, span };
}

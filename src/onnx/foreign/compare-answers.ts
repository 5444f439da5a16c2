import { messageOf } from '../../domain/words/reason-of.ts';
import type { FeatureColumns } from '../run/columns.ts';
import type { OriginalAnswers, OriginalModel } from './original-graph.ts';
import type { PlannedInput } from './plan-inputs.ts';
import { severalLabels } from './plan-outputs.ts';
import { refusedFile } from '../file/refused-file.ts';

/** Requests of one row, of a few, and of a batch. */
export const probeBatches = [1, 7, 64] as const;
/** Answers differ by this much, relative to what they are made of, where sums are only taken in another order. */
const orderTolerance = 1e-4;
/** Rows of a batch that may differ all the same: one that stands exactly at a threshold falls to either side. */
const differingRowsMax = 1;

export interface Probed {
  readonly rows: FeatureColumns;
  readonly answers: OriginalAnswers;
}

/**
 * Asks the file itself for the same rows one by one, seven at a time and all at once. Throws `unsupported` when it does
 * not answer every number of rows, or when the answer to a row follows from the other rows of its request.
 */
export async function probeOriginal(
  original: OriginalModel,
  inputs: readonly PlannedInput[],
  rows: FeatureColumns,
): Promise<Probed> {
  const asked: OriginalAnswers[] = [];
  for (const size of probeBatches) {
    // oxlint-disable-next-line no-await-in-loop -- each number of rows says something else when it fails
    const answers = await askInBatches(original, rows, size).catch((cause: unknown) => {
      throw failedOn(size, inputs, cause);
    });
    if (!Number.isInteger(answers.width) || answers.width < 1) throw failedOn(size, inputs, new Error(''));
    asked.push(answers);
  }
  const [alone, ...together] = asked;
  const answers = together.at(-1);
  if (alone === undefined || answers === undefined) throw new RangeError('no batch was probed');
  for (const [index, batch] of together.entries()) {
    if (batch.width !== alone.width) throw failedOn(probeBatches[index + 1] ?? 0, inputs, new Error(''));
    checkIndependent(rows, alone, batch);
  }
  if (answers.labels !== null && answers.labels.length !== rows.rows)
    throw severalLabels(`${answers.labels.length / rows.rows} of them per row`);
  return { rows, answers };
}

async function askInBatches(original: OriginalModel, rows: FeatureColumns, size: number): Promise<OriginalAnswers> {
  const scores: number[] = [];
  const labels: string[] = [];
  let hasLabels = false;
  let width = NaN;
  for (let from = 0; from < rows.rows; from += size) {
    // oxlint-disable-next-line no-await-in-loop -- a session runs one batch at a time anyway
    const part = await original.answer(rows, from, Math.min(rows.rows, from + size));
    if (from > 0 && part.width !== width) return { scores: new Float64Array(), width: NaN, labels: null };
    ({ width } = part);
    scores.push(...part.scores);
    hasLabels = part.labels !== null;
    labels.push(...(part.labels ?? []));
  }
  return { scores: Float64Array.from(scores), width, labels: hasLabels ? labels : null };
}

function checkIndependent(rows: FeatureColumns, alone: OriginalAnswers, batch: OriginalAnswers): void {
  const differing = Array.from({ length: rows.rows }, (_, row) => row).filter(
    (row) => !isSameRow(alone, batch, row, orderTolerance, sizeOfRow(rows, row)),
  );
  const [first] = differing;
  if (first === undefined || differing.length <= differingRowsMax) return;
  const [one, other] = [alone, batch].map(({ scores, width }) => scores[first * width + width - 1] ?? NaN);
  throw refusedFile(
    `answers a row by the other rows of its request: ${differing.length} of ${rows.rows} probe rows got another ` +
      `answer in a batch, such as ${say(other)} for ${say(one)}`,
    'Export it in evaluation mode (model.eval()), without statistics over the batch.',
  );
}

/** Whether two answers to one row are the same but for rounding. */
export function isSameRow(
  one: Pick<OriginalAnswers, 'scores' | 'width'>,
  other: Pick<OriginalAnswers, 'scores' | 'width'>,
  row: number,
  tolerance: number,
  scale: number,
): boolean {
  for (let at = row * one.width; at < (row + 1) * one.width; at++) {
    const [left = NaN, right = NaN] = [one.scores[at], other.scores[at]];
    if (Object.is(left, right) || left === right) continue;
    const size = Math.max(1, scale, Math.min(Math.abs(left), Math.abs(right)));
    if (!(Math.abs(left - right) <= tolerance * size)) return false;
  }
  return true;
}

/** The largest number of a row: where large ones cancel, sums lose as much. */
export function sizeOfRow(rows: FeatureColumns, row: number): number {
  let size = 1;
  for (const column of rows.byName.values()) {
    const value = 'numbers' in column ? Math.abs(column.numbers[row] ?? 0) : 0;
    // Beyond that a number is an id or an instant, and is decided by, not summed.
    if (value > size && value < 1e5) size = value;
  }
  return size;
}

function failedOn(size: number, inputs: readonly PlannedInput[], cause: unknown): Error {
  const why = messageOf(cause);
  if (/memory/.test(why))
    return refusedFile(
      `needs more memory than there is for ${size} ${size === 1 ? 'row' : 'rows'}`,
      'Export a model whose memory grows only as the number of rows does.',
      cause,
    );
  const batch = inputs.map(({ batch: fixed }) => fixed).find((fixed) => fixed !== null) ?? null;
  const hint = 'Export it with an open number of rows: dynamic_axes={"input": {0: "rows"}}, or [None, columns].';
  if (size > 1 || (batch ?? 1) > 1) {
    const takes = size > 1 ? (batch ?? 1) : batch;
    return refusedFile(
      `takes ${takes === 1 ? 'one row' : `${takes} rows`} at a time (batch ${takes}); requests here have 1 to ` +
        `${probeBatches.at(-1)} rows and more`,
      hint,
      cause,
    );
  }
  return refusedFile(
    `fails on rows like those that it seems to take${why === '' ? '' : `: ${why}`}`,
    'Check that it takes rows of this form; name categories and kinds in --signature, or give a --data sample.',
    cause,
  );
}

function say(value: number | undefined): string {
  return (value ?? NaN).toPrecision(3);
}

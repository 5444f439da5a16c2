import { messageOf } from '../../domain/words/reason-of.ts';
import { columnsOf, sliceColumns, type FeatureColumn, type FeatureColumns } from '../run/columns.ts';
import { rowsPerRunMax, runModel, type LoadedModel } from '../run/run-model.ts';
import { isSameRow, probeBatches, type Probed } from './compare-answers.ts';
import { probabilityTolerance } from './head-of.ts';
import type { ForeignHead } from './foreign-head.ts';
import type { OriginalAnswers } from './original-graph.ts';
import { refusedFile } from '../file/refused-file.ts';

/** The wrapped file runs the same steps on the same bits; only the float softmax and sigmoid around them may round. */
const wrapTolerance = 1e-5;
/** A float16 between two steps may stay float32 where the runtime fuses them. */
const halfTolerance = 2e-3;

/**
 * Holds the wrapped file against the file itself, on the same rows in requests of one, of a few and of a batch. Throws
 * `unsupported` when one answer differs: what is served would not be what was sent.
 */
export async function checkWrapped(
  loaded: LoadedModel,
  head: ForeignHead,
  probed: Probed,
  isHalf: boolean,
): Promise<void> {
  const tolerance = isHalf ? halfTolerance : wrapTolerance;
  const expected = expectedOf(head, probed.answers);
  for (const size of probeBatches) {
    // oxlint-disable-next-line no-await-in-loop -- a session runs one batch at a time anyway
    const scores = await scoresInBatches(loaded, probed.rows, size);
    const wrapped = { scores, width: expected.width };
    const differing = Array.from({ length: probed.rows.rows }, (_, row) => row).filter(
      (row) => !isSameRow(expected, wrapped, row, tolerance, 1),
    );
    if (scores.length !== expected.scores.length || differing.length > 0)
      throw refusedFile(
        `answers ${differing.length} of ${probed.rows.rows} probe rows otherwise than the file does by itself ` +
          `(${size} rows at a time)`,
        'Export it again for opset 13 to 21 with standard operators.',
      );
  }
}

/** CPU time of the largest batch; one that takes longer holds up every other model of a process for too long. */
const largestBatchCpuMsMax = 20_000;

/**
 * Runs the largest batch that is ever run, so that the memory it needs is needed here and not where others are served.
 * Throws `unsupported` when it fails, or takes the processor for too long.
 */
export async function checkLargestBatch(loaded: LoadedModel, probes: FeatureColumns): Promise<void> {
  const columns = [...probes.byName.values()].map((column): FeatureColumn => {
    const place = (at: number): number => at % probes.rows;
    return 'texts' in column
      ? { ...column, texts: Array.from({ length: rowsPerRunMax }, (_, at) => column.texts[place(at)] ?? null) }
      : {
          ...column,
          numbers: Float64Array.from({ length: rowsPerRunMax }, (_, at) => column.numbers[place(at)] ?? NaN),
        };
  });
  const before = process.cpuUsage();
  await runModel(loaded.session, columnsOf(rowsPerRunMax, columns)).catch((cause: unknown) => {
    throw refusedFile(
      `fails on ${rowsPerRunMax} rows at once: ${messageOf(cause)}`,
      'Export a model whose memory grows only as the number of rows does.',
      cause,
    );
  });
  const taken = process.cpuUsage(before);
  const cpuMs = (taken.user + taken.system) / 1_000;
  if (cpuMs > largestBatchCpuMsMax)
    throw refusedFile(
      `takes ${Math.round(cpuMs / 1_000)} s of processor time for ${rowsPerRunMax} rows; at most ` +
        `${largestBatchCpuMsMax / 1_000} s are served`,
      'Export a smaller model.',
    );
}

async function scoresInBatches(loaded: LoadedModel, rows: FeatureColumns, size: number): Promise<Float64Array> {
  const all: number[] = [];
  for (let from = 0; from < rows.rows; from += size) {
    // oxlint-disable-next-line no-await-in-loop -- a session runs one batch at a time anyway
    const { scores } = await runModel(loaded.session, sliceColumns(rows, from, Math.min(rows.rows, from + size)));
    all.push(...scores);
  }
  return Float64Array.from(all);
}

/** What the head makes of the file's own scores, computed apart from it. */
export function expectedOf(head: ForeignHead, { scores, width }: OriginalAnswers): OriginalAnswers {
  if (head.fileClasses.length === 0) return { scores, width, labels: null };
  const places = head.classes.map((name) => head.fileClasses.indexOf(name));
  const rows = scores.length / width;
  const expected = Array.from({ length: rows }, (_, row) => {
    const own = shares(head, [...scores.subarray(row * width, (row + 1) * width)]);
    return places.map((place) => own[place] ?? NaN);
  });
  return { scores: Float64Array.from(expected.flat()), width: places.length, labels: null };
}

function shares(head: ForeignHead, row: readonly number[]): readonly number[] {
  if (head.form === 'probabilities') {
    const bounded = row.map((one) =>
      one > -probabilityTolerance && one < 1 + probabilityTolerance ? Math.min(1, Math.max(0, one)) : NaN,
    );
    return head.width === 1 ? [1 - (bounded[0] ?? NaN), bounded[0] ?? NaN] : bounded;
  }
  if (head.width === 1) {
    const positive = 1 / (1 + Math.exp(-(row[0] ?? NaN)));
    return [1 - positive, positive];
  }
  const most = Math.max(...row);
  const powers = row.map((one) => Math.exp(one - most));
  const sum = powers.reduce((all, one) => all + one, 0);
  return powers.map((one) => one / sum);
}

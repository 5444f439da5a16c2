import type { Metrics } from '../../domain/metrics/metrics.ts';
import { sliceColumns } from '../../onnx/run/columns.ts';
import { loadModel } from '../../onnx/run/run-model.ts';
import { scoreForeign } from '../../onnx/run/score-columns.ts';
import { newestFold } from '../prepare/fold-rows.ts';
import type { FolderRows } from '../prepare/read-folder.ts';
import type { ChampionOfJob } from '../../domain/training/training.ts';

export interface ScoredChampion {
  readonly scores: Float64Array;
  readonly testMetrics: Metrics;
  readonly comparableRows: number;
}

/**
 * The champion on the candidate's test rows, by its own file and threshold; null without one, or when it answers
 * another kind of question (a changed task), where no comparison is possible. Of blocks the two are compared on the
 * youngest one alone: what answers for an older one has learnt from rows behind it, and the champion may not have.
 */
export async function scoreChampion(
  job: ChampionOfJob,
  { signature, table, split }: FolderRows,
  measure: (scores: Float64Array, threshold: number | null, comparableRows: number) => Metrics,
): Promise<ScoredChampion | null> {
  if (job.championModelPath === null) return null;
  const { test } = split;
  const model = await loadModel(job.championModelPath);
  try {
    const scores = await scoreForeign(model, signature, sliceColumns(table.columns, test.from, test.to));
    if (scores === null) return null;
    const through = job.championTrainedThroughOrder ?? -Infinity;
    const { from, to } = newestFold(split)?.block ?? test;
    const comparableRows = table.order
      .subarray(from, to)
      .reduce((count, order) => count + (order > through ? 1 : 0), 0);
    return { scores, testMetrics: measure(scores, job.championThreshold, comparableRows), comparableRows };
  } finally {
    await model.session.release();
  }
}

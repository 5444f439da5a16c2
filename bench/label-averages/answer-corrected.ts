import { applyCorrection, type Correction } from '../../src/domain/rollout/correction.ts';
import { covariateOf, covariatesOf } from '../../src/domain/rollout/covariates.ts';
import { recalibrate } from '../../src/domain/rollout/recalibrate.ts';
import type { CorrectionSpec, ModelSpec } from '../../src/domain/spec/spec.ts';
import { taskOf } from '../../src/domain/tasks/task-of.ts';
import { numbersIn, sliceColumns } from '../../src/onnx/run/columns.ts';
import type { TrafficTable } from '../../src/replay/traffic-table.ts';
import type { Served } from '../../src/replay/yardsticks.ts';

export interface CorrectedOptions {
  readonly fromRow: number;
  readonly delayRows: number;
  readonly everyRows: number;
}

/**
 * Live answers, recalibrated every so many rows on the newest known labels, as a correction that is always on would: no
 * question whether it gains, and no bound of a step. Number features have a part where the task lets them.
 */
export function answerCorrected(
  spec: ModelSpec,
  table: TrafficTable,
  served: Served,
  correction: CorrectionSpec,
  { fromRow, delayRows, everyRows }: CorrectedOptions,
): Served {
  const { task } = spec.target;
  const liveRows = table.rows.length - fromRow;
  const width = served.scores.length / liveRows;
  const history = sliceColumns(table.columns, 0, fromRow);
  const live = sliceColumns(table.columns, fromRow, table.rows.length);
  const names = taskOf(task).correction.hasCovariates ? spec.features.map(({ name }) => name) : [];
  const standards = names.flatMap((name) => covariateOf(name, numbersIn(history, name)) ?? []);
  const { values } = covariatesOf(standards, liveRows, (name) => numbersIn(live, name));
  const wide = standards.length;
  const rawOf = (row: number): number[] => [...served.scores.subarray(row * width, (row + 1) * width)];
  const besides = (row: number): Float64Array => values.subarray(row * wide, (row + 1) * wide);
  const scores = Float64Array.from(served.scores);
  let current: Correction | null = null;
  for (let from = 0; from < liveRows; from += everyRows) {
    const rows: number[] = [];
    for (let row = from - delayRows - 1; row >= 0 && rows.length < correction.rowsMax; row--)
      if (!Number.isNaN(table.labels[fromRow + row])) rows.unshift(row);
    if (rows.length >= correction.labelledRowsMin)
      current = recalibrate(
        {
          task,
          labels: rows.map((row) => table.labels[fromRow + row] ?? 0),
          raw: rows.map(rawOf),
          ...(wide === 0
            ? {}
            : {
                standards,
                covariates: { width: wide, values: Float64Array.from(rows.flatMap((row) => [...besides(row)])) },
              }),
        },
        correction.halfLifeRows,
        current ?? undefined,
      );
    if (current === null) continue;
    for (let row = from; row < Math.min(liveRows, from + everyRows); row++)
      scores.set(applyCorrection(current, rawOf(row), wide === 0 ? undefined : besides(row)), row * width);
  }
  return { ...served, scores };
}

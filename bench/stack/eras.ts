import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { completeTrainer } from '../../src/domain/spec/trainer-spec.ts';
import { sliceColumns } from '../../src/onnx/run/columns.ts';
import { trainingTableOf, type TrafficTable } from '../../src/replay/traffic-table.ts';
import { fitRelease } from '../../src/trainers/yardstick/yardstick.ts';

/** Models beside the champion whose log-odds a correction may read. */
export const siblings = ['recent', 'linear'] as const;
export type Sibling = (typeof siblings)[number];
export type Slot = 'champion' | Sibling;

/** Probabilities of the positive class by the row of the table: what a slot says of the rows from `holdOutFrom` on. */
export type Scores = Float64Array;

/** One version with the models that are fitted when it is, from its training until the next one takes its place. */
export interface Era {
  /** The first row whose label the training did not know. */
  readonly cut: number;
  /** Rows from here to `cut` are scored by models that have not seen them, as the test rows of a training are. */
  readonly holdOutFrom: number;
  /** It answers from this row on. */
  readonly from: number;
  readonly slots: ReadonlyMap<Slot, Scores>;
}

export interface Schedule {
  /** Rows of history: the first version answers from here on. */
  readonly fromRow: number;
  readonly delayRows: number;
  /** Rows by which a version that is trained later answers later: its shadow and its steps. */
  readonly stagingRows: number;
  /** A training comes when known labels are so many times those of the last. */
  readonly growthFactor: number;
  /** Rows that the sibling on recent rows learns from. */
  readonly recentRows: number;
  readonly holdOutRows: number;
  readonly windowRows: number;
}

/** Trains as the growth of labels asks for it, whatever an answer is worth: all ways of answering share these eras. */
export async function erasOf(spec: ModelSpec, table: TrafficTable, schedule: Schedule): Promise<readonly Era[]> {
  const eras: Era[] = [];
  for (const cut of cutsOf(table.rows.length, schedule)) {
    const holdOutFrom = Math.max(Math.floor(cut / 2), cut - schedule.holdOutRows);
    const slots = new Map<Slot, Scores>();
    for (const slot of ['champion', ...siblings] as const)
      // oxlint-disable-next-line no-await-in-loop -- one fit at a time bounds memory
      slots.set(slot, await scoresOf(spec, table, slot, { cut, holdOutFrom, recentRows: schedule.recentRows }));
    const isFirst = eras.length === 0;
    const { fromRow, windowRows } = schedule;
    // Versions change at the ends of windows, where corrections are judged as well.
    const staged = Math.ceil((cut + schedule.delayRows + schedule.stagingRows - fromRow) / windowRows);
    const from = isFirst ? fromRow : fromRow + staged * windowRows;
    if (from < table.rows.length) eras.push({ cut, holdOutFrom, from, slots });
  }
  return eras;
}

function cutsOf(rows: number, { fromRow, delayRows, growthFactor }: Schedule): readonly number[] {
  const cuts = [fromRow];
  for (let cut = fromRow * growthFactor; cut + delayRows < rows; cut *= growthFactor) cuts.push(Math.round(cut));
  return cuts;
}

async function scoresOf(
  spec: ModelSpec,
  table: TrafficTable,
  slot: Slot,
  { cut, holdOutFrom, recentRows }: { cut: number; holdOutFrom: number; recentRows: number },
): Promise<Scores> {
  const scores = new Float64Array(table.rows.length).fill(Number.NaN);
  const put = async (learntTo: number, from: number, to: number): Promise<void> => {
    const learntFrom = slot === 'recent' ? Math.max(0, learntTo - recentRows) : 0;
    const trainer = slot === 'linear' ? completeTrainer({ kind: 'linear', historyShares: [1] }) : spec.trainer;
    const model = await fitRelease(
      { ...spec, trainer },
      trainingTableOf(rowsFrom(table, learntFrom), learntTo - learntFrom),
    );
    const said = model.predict(sliceColumns(table.columns, from, to));
    for (let row = from; row < to; row++) scores[row] = said[2 * (row - from) + 1] ?? 0.5;
  };
  await put(holdOutFrom, holdOutFrom, cut);
  await put(cut, cut, table.rows.length);
  return scores;
}

function rowsFrom(table: TrafficTable, from: number): TrafficTable {
  const { rows, labels, columns } = table;
  return {
    rows: rows.slice(from),
    labels: labels.subarray(from),
    columns: sliceColumns(columns, from, rows.length),
  };
}

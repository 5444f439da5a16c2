import type { Gains } from '../../domain/metrics/gains.ts';
import { baselines as baselineNames, type Baseline } from '../../domain/spec/closed-sets.ts';
import { cellColumns, listOf, writeColumns, type NumberColumn } from '../prepare/write-columns.ts';

export interface TestScores {
  readonly order: Float64Array;
  readonly labels: Float64Array;
  /** Row-major. */
  readonly candidate: Float64Array;
  readonly champion: Float64Array | null;
  /** Row-major, by the name of the baseline. */
  readonly baselines: { readonly [Name in Baseline]?: Float64Array };
  readonly gains: Gains | null;
  /** When each row happened; null where no season is declared, or rows have no times. */
  readonly eventTimeMs: Float64Array | null;
  /** Row-major, 1 where the row is in the slice; in the order of `gatedSlices`. */
  readonly slices: { readonly count: number; readonly members: Float64Array };
  /** Scores per row. */
  readonly width: number;
}

/**
 * One row per test row: `_order` BIGINT, `label` DOUBLE (class index in signature order, or the value), `candidate`,
 * `champion` and each baseline by its name DOUBLE[] (null without one), `gainYes` and `gainNo` DOUBLE (null without a
 * value declaration), `slices` DOUBLE[] (0 or 1 for each slice that a gate names; no such column without any),
 * `eventTimeMs` DOUBLE (null without a time; no such column without a season).
 */
export async function writeTestScores(path: string, scores: TestScores): Promise<void> {
  const lists = listsIn(scores).map(([name, values]) =>
    values === null ? `NULL::DOUBLE[] AS "${name}"` : `${listOf(name, scores.width)} AS "${name}"`,
  );
  if (scores.slices.count > 0) lists.push(`${listOf('slice', scores.slices.count)} AS slices`);
  if (scores.eventTimeMs !== null) lists.push('eventTime AS "eventTimeMs"');
  await writeColumns(
    path,
    scores.labels.length,
    columnsIn(scores),
    `"order"::BIGINT AS _order, label, ${lists.join(', ')}, gainYes AS "gainYes", gainNo AS "gainNo"`,
  );
}

function listsIn({ candidate, champion, baselines }: TestScores): readonly (readonly [string, Float64Array | null])[] {
  const others = baselineNames.map((name) => [name, baselines[name] ?? null] as const);
  return [['candidate', candidate], ['champion', champion], ...others];
}

function columnsIn(scores: TestScores): readonly NumberColumn[] {
  const { order, labels, gains, width, slices, eventTimeMs } = scores;
  return [
    { name: 'order', at: (row) => order[row] ?? null },
    { name: 'label', at: (row) => labels[row] ?? null },
    ...listsIn(scores).flatMap(([name, values]) => (values === null ? [] : cellColumns(name, values, width))),
    ...cellColumns('slice', slices.members, slices.count),
    { name: 'gainYes', at: (row) => gains?.yes[row] ?? null },
    { name: 'gainNo', at: (row) => gains?.no[row] ?? null },
    ...(eventTimeMs === null ? [] : [{ name: 'eventTime', at: (row: number) => finite(eventTimeMs[row]) }]),
  ];
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

import type { Gains } from '../../domain/metrics/gains.ts';
import { cellColumns, listOf, writeColumns, type NumberColumn } from '../prepare/write-columns.ts';

export interface TestScores {
  readonly order: Float64Array;
  readonly labels: Float64Array;
  /** Row-major. */
  readonly candidate: Float64Array;
  readonly champion: Float64Array | null;
  readonly gains: Gains | null;
  /** Scores per row. */
  readonly width: number;
}

/**
 * One row per test row: `_order` BIGINT, `label` DOUBLE (class index in signature order, or the value), `candidate` and
 * `champion` DOUBLE[] (champion null without one), `gainYes` and `gainNo` DOUBLE (null without a value declaration).
 */
export async function writeTestScores(path: string, scores: TestScores): Promise<void> {
  const { champion, width } = scores;
  await writeColumns(
    path,
    scores.labels.length,
    columnsIn(scores),
    `"order"::BIGINT AS _order, label, ${listOf('candidate', width)} AS candidate, ` +
      `${champion === null ? 'NULL::DOUBLE[]' : listOf('champion', width)} AS champion, ` +
      `gainYes AS "gainYes", gainNo AS "gainNo"`,
  );
}

function columnsIn({ order, labels, candidate, champion, gains, width }: TestScores): readonly NumberColumn[] {
  return [
    { name: 'order', at: (row) => order[row] ?? null },
    { name: 'label', at: (row) => labels[row] ?? null },
    ...cellColumns('candidate', candidate, width),
    ...(champion === null ? [] : cellColumns('champion', champion, width)),
    { name: 'gainYes', at: (row) => gains?.yes[row] ?? null },
    { name: 'gainNo', at: (row) => gains?.no[row] ?? null },
  ];
}

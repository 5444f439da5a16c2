import { DOUBLE, DuckDBDataChunk, DuckDBInstance } from '@duckdb/node-api';
import type { Gains } from '../../domain/metrics/gains.ts';
import { literal } from '../../data/duck/sql.ts';

/** DuckDB's vector size. */
const chunkRows = 2_048;

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
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    const columns = flatColumns(scores);
    await connection.run(`CREATE TABLE flat (${columns.map(({ name }) => `${name} DOUBLE`).join(', ')})`);
    const appender = await connection.createAppender('flat');
    for (let from = 0; from < scores.labels.length; from += chunkRows) {
      const to = Math.min(scores.labels.length, from + chunkRows);
      const chunk = DuckDBDataChunk.create(
        columns.map(() => DOUBLE),
        to - from,
      );
      chunk.setColumns(columns.map(({ at }) => Array.from({ length: to - from }, (_, i) => at(from + i))));
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
    const list = (prefix: string) => `[${Array.from({ length: scores.width }, (_, k) => `${prefix}${k}`).join(', ')}]`;
    await connection.run(
      `COPY (SELECT "order"::BIGINT AS _order, label, ${list('candidate')} AS candidate, ` +
        `${scores.champion === null ? 'NULL::DOUBLE[]' : list('champion')} AS champion, gainYes AS "gainYes", gainNo ` +
        `AS "gainNo" FROM flat) ` +
        `TO ${literal(path)} (FORMAT parquet)`,
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function flatColumns({
  order,
  labels,
  candidate,
  champion,
  gains,
  width,
}: TestScores): { name: string; at: (row: number) => number | null }[] {
  const cells = (prefix: string, values: Float64Array) =>
    Array.from({ length: width }, (_, k) => ({
      name: `${prefix}${k}`,
      at: (row: number) => values[row * width + k] ?? null,
    }));
  return [
    { name: '"order"', at: (row) => order[row] ?? null },
    { name: 'label', at: (row) => labels[row] ?? null },
    ...cells('candidate', candidate),
    ...(champion === null ? [] : cells('champion', champion)),
    { name: 'gainYes', at: (row) => gains?.yes[row] ?? null },
    { name: 'gainNo', at: (row) => gains?.no[row] ?? null },
  ];
}

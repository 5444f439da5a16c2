import type { ColumnProfile, SnapshotProfile } from '../../domain/training/snapshot-profile.ts';
import type { Duck } from '../duck/connect.ts';
import { identifier } from '../duck/sql.ts';
import { numberIn } from './describe-columns.ts';

/** Columns whose gaps are held against each other: those with the most. A pattern is a number of so many bits. */
const columnsMax = 30;
const patternsMax = 12;

/** Which columns are missing together, the most frequent patterns first. */
export async function missingPatterns(
  duck: Duck,
  source: string,
  columns: readonly ColumnProfile[],
): Promise<SnapshotProfile['missing']> {
  const gapped = columns
    .filter(({ missing }) => missing > 0)
    .toSorted((a, b) => b.missing - a.missing)
    .slice(0, columnsMax);
  if (gapped.length === 0) return { patterns: [], patternCount: 0 };
  const bits = gapped.map(({ name }, bit) => `CASE WHEN ${identifier(name)} IS NULL THEN ${2 ** bit} ELSE 0 END`);
  const rows = await duck.rows(`SELECT CAST(bits AS DOUBLE) AS bits, CAST(n AS DOUBLE) AS n,
    CAST(count(*) OVER () AS DOUBLE) AS patterns
    FROM (SELECT ${bits.join(' + ')} AS bits, count(*) AS n FROM ${source} GROUP BY 1) WHERE bits > 0
    ORDER BY n DESC, bits LIMIT ${patternsMax}`);
  const patterns = rows.map((row) => ({
    columns: gapped.filter((_, bit) => Math.floor(numberIn(row, 'bits') / 2 ** bit) % 2 === 1).map(({ name }) => name),
    rows: numberIn(row, 'n'),
  }));
  return { patterns, patternCount: numberIn(rows[0], 'patterns') };
}

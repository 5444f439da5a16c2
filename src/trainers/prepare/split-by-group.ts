import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, literal, numeric } from '../../data/duck/sql.ts';
import type { GroupSplit, ModelSpec, SplitSpec } from '../../domain/spec/spec.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { files, parts, type Split } from './folder.ts';
import { columnTypes, labelledIn, sourceOf, typeOf, withRows } from './rows-source.ts';
import { partRowsMin, trainingRowsMin } from './split-by-time.ts';
import { columnsIn } from './write-parts.ts';

/** Characters of an MD5 sum that deal the groups: 48 bits, which a double holds. */
const digits = 12;

/**
 * Deals whole groups to the parts by a hash of their value, and writes the rows as one Parquet file per part, each in
 * the order of time: no group is in two parts, and a group keeps its part for as long as the seed stays, also in later
 * trainings. A row without a group is one of its own. Beyond `testRowsMax` and `validationRowsMax` the oldest rows are
 * left out. Parts overlap in time, so labels of the time of the test are learnt from: that is what is asked for here.
 */
export async function splitByGroup(
  folder: string,
  spec: ModelSpec,
  group: GroupSplit,
  paths: readonly string[],
): Promise<Split> {
  return withRows(paths, async (connection) => {
    const source = sourceOf(paths);
    typeOf(await columnTypes(connection, source), group.column);
    const columns = columnsIn(spec).map(identifier).join(', ');
    await connection.run(
      `CREATE TABLE dealt AS SELECT ${columns}, CASE WHEN "_place" > ${capOf(spec.split)} THEN 3 ELSE "_part" END ` +
        `AS "_part" FROM (SELECT *, row_number() OVER (PARTITION BY "_part" ORDER BY "_order" DESC) AS "_place" FROM ` +
        `(SELECT *, ${partOf(group, spec.split)} AS "_part" FROM ${source} WHERE ${labelledIn(spec.target)}))`,
    );
    const sizes = await sizesOf(connection);
    for (const [at, part] of parts.entries())
      // oxlint-disable-next-line no-await-in-loop -- one connection works one at a time
      await connection.run(
        `COPY (SELECT ${columns} FROM dealt WHERE "_part" = ${at} ORDER BY "_order") ` +
          `TO ${literal(join(folder, files[part]))} (FORMAT parquet)`,
      );
    return splitOf(sizes, group);
  });
}

/** 0 to 2 in the order of `parts`; each value falls on a point between 0 and 1, and keeps it. */
function partOf({ column, seed }: GroupSplit, { testShare, validationShare }: SplitSpec): string {
  const value = `coalesce(CAST(${identifier(column)} AS VARCHAR), 'row ' || CAST("_order" AS VARCHAR))`;
  const sum = `left(md5(${literal(`${seed}:`)} || ${value}), ${digits})`;
  const point = `(CAST('0x' || ${sum} AS BIGINT) / ${numeric(16 ** digits)})`;
  return (
    `CASE WHEN ${point} < ${numeric(testShare)} THEN 2 ` +
    `WHEN ${point} < ${numeric(testShare + validationShare)} THEN 1 ELSE 0 END`
  );
}

function capOf({ testRowsMax, validationRowsMax }: SplitSpec): string {
  return `CASE "_part" WHEN 2 THEN ${testRowsMax} WHEN 1 THEN ${validationRowsMax} ELSE ${Number.MAX_SAFE_INTEGER} END`;
}

async function sizesOf(connection: DuckDBConnection): Promise<readonly number[]> {
  const counted = await connection.runAndReadAll(
    `SELECT "_part"::INTEGER, count(*)::DOUBLE FROM dealt GROUP BY "_part"`,
  );
  const sizes = new Map(counted.getRowsJS().map(([part, rows]) => [Number(part), Number(rows)]));
  return parts.map((_, at) => sizes.get(at) ?? 0);
}

function splitOf([training = 0, validation = 0, test = 0, gap = 0]: readonly number[], { column }: GroupSplit): Split {
  if (training < trainingRowsMin || Math.min(validation, test) < partRowsMin)
    throw new PerennialError(
      'invalid_data',
      `groups of "${column}" leave ${training} rows for training, ${validation} for validation and ${test} for the ` +
        `test; at least ${trainingRowsMin}, ${partRowsMin} and ${partRowsMin} are needed`,
      { path: 'split.group', hint: 'Split by a column with more and smaller groups, or bring more rows.' },
    );
  const from = [0, training, training + validation, training + validation + test] as const;
  return {
    training: { from: from[0], to: from[1] },
    validation: { from: from[1], to: from[2] },
    test: { from: from[2], to: from[3] },
    gapRows: gap,
  };
}

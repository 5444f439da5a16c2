import type { ColumnSummary } from '../../domain/training/snapshot.ts';
import type { Duck } from '../duck/connect.ts';
import { identifier, pathLiteral } from '../duck/sql.ts';
import { numberIn } from './histograms.ts';

export const topValues = 5;
/** Of a column of which a rule asks how often its values are. */
const topValuesAsked = 100;
/** A longer value is cut, so that a column of documents does not end up in the manifest. */
const valueCharactersMax = 80;

/**
 * What a text column of a Parquet file holds. Each of its words is counted once and all else is asked of the counts:
 * most columns have few words.
 */
export async function summaryOfWords(
  duck: Duck,
  path: string,
  name: string,
  { rows, isAsked }: { readonly rows: number; readonly isAsked: boolean },
): Promise<ColumnSummary> {
  await duck.run(`CREATE OR REPLACE TEMP TABLE words AS SELECT ${identifier(name)} AS word, count(*) AS rows
    FROM read_parquet(${pathLiteral(path)}) WHERE ${identifier(name)} IS NOT NULL GROUP BY 1`);
  const [counts = {}] = await duck.rows(`SELECT CAST(coalesce(sum(rows), 0) AS DOUBLE) AS present,
    CAST(count(*) AS DOUBLE) AS words,
    CAST(coalesce(max(strlen(word)), 0) AS DOUBLE) AS bytes_max FROM words`);
  const present = numberIn(counts, 'present') ?? 0;
  // What is cut may become the same as others.
  const isCut = (numberIn(counts, 'bytes_max') ?? 0) > valueCharactersMax;
  const [cut, sum, group] = isCut
    ? [`left(word, ${valueCharactersMax})`, 'sum(rows)', 'GROUP BY 1']
    : ['word', 'rows', ''];
  const top = await duck.rows(`SELECT ${cut} AS value, CAST(${sum} AS DOUBLE) AS rows FROM words ${group}
    ORDER BY 2 DESC, 1 LIMIT ${isAsked ? topValuesAsked : topValues}`);
  await duck.run('DROP TABLE words');
  return {
    name,
    rows,
    missing: rows - present,
    distinct: numberIn(counts, 'words') ?? 0,
    top: top.map((row) => ({ value: String(row['value']), rows: Number(row['rows']) })),
  };
}

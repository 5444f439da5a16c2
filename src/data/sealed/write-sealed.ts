import type { SealedKind, StretchSums } from '../../domain/record/sealed.ts';
import { withDuck, type Duck, type DuckDbSettings } from '../duck/connect.ts';
import { pathLiteral, literal } from '../duck/sql.ts';
import { writeSealedIndex } from './sealed-index.ts';
import { sealedColumns, sealedOrder, sealedSums } from './sealed-columns.ts';

/** Rows of one row group: small enough that a look-up of one row reads little, large enough to compress. */
const rowsPerGroup = 16_384;
export const sealedOptions = `(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${rowsPerGroup})`;

export interface SealedFiles {
  readonly parquet: string;
  /** Null for labels, which are found by the positions of their predictions. */
  readonly index: string | null;
}

/**
 * Makes a Parquet file of one stretch from lines of JSON, and for predictions the index of ids and entities. Answers
 * the sums of what stands in the file, read back from it.
 */
export async function writeSealed(
  kind: SealedKind,
  lines: string,
  files: SealedFiles,
  settings: DuckDbSettings,
): Promise<StretchSums> {
  return withDuck({ ...settings, threads: 1 }, async (duck) => {
    const columns = Object.entries(sealedColumns[kind]).map(([name, type]) => `${name}: ${literal(type)}`);
    const source = `read_json(${pathLiteral(lines)}, format = 'newline_delimited', maximum_object_size = 67108864,
      columns = {${columns.join(', ')}})`;
    await duck.run(
      `COPY (SELECT * FROM ${source} ORDER BY ${sealedOrder[kind]}) TO ${literal(files.parquet)}
       ${sealedOptions}`,
    );
    const table = `read_parquet(${pathLiteral(files.parquet)})`;
    const sums = await sumsOfSealed(duck, kind, table);
    if (files.index !== null) await writeSealedIndex(duck, table, files.index);
    return sums;
  });
}

/** The sums of rows with the columns of a sealed file. */
export async function sumsOfSealed(duck: Duck, kind: SealedKind, table: string): Promise<StretchSums> {
  const sums = Object.entries(sealedSums[kind]).map(([name, sum]) => `CAST(${sum} AS VARCHAR) AS ${name}`);
  const [row] = await duck.rows(`SELECT ${sums.join(', ')} FROM ${table}`);
  return Object.fromEntries(Object.entries(row ?? {}).map(([name, value]) => [name, String(value)]));
}

import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import type { SealedFile, SealedLabel, SealedLog, SealedPrediction, SealedRange } from '../../domain/record/sealed.ts';
import { withDuck, type DuckDbSettings } from '../duck/connect.ts';
import { pathLiteral } from '../duck/sql.ts';
import { positionsIn, positionsOfIds } from './sealed-index.ts';

/** The sealed files of the artifact store, by DuckDB; each question opens what it needs and keeps nothing. */
export function createSealedLog(store: Pick<ArtifactStore, 'pathOf'>, settings: DuckDbSettings = {}): SealedLog {
  const rowsOf = async <Row>(files: readonly SealedFile[], rest: string): Promise<readonly Row[]> => {
    const paths = await Promise.all(files.map(({ fileDigest }) => store.pathOf(fileDigest)));
    const from = `read_parquet([${paths.map(pathLiteral).join(', ')}])`;
    const rows = await withDuck(settings, (duck) => duck.rows(`SELECT * FROM ${from} ${rest}`));
    return rows.map((row) => plain(row) as Row);
  };
  return {
    predictions: (file, range) => rowsOf<SealedPrediction>([file], whereOf(range)),
    async labels(files, { fromSeq, toSeq, throughWindow }) {
      if (files.length === 0) return [];
      return rowsOf<SealedLabel>(
        files,
        `WHERE prediction_seq BETWEEN ${whole(fromSeq)} AND ${whole(toSeq)}
         AND known_window <= ${whole(throughWindow)}`,
      );
    },
    async labelledSeqs(files, { afterWindow, throughWindow, toSeq }) {
      if (files.length === 0) return [];
      const paths = await Promise.all(files.map(({ fileDigest }) => store.pathOf(fileDigest)));
      const rows = await withDuck(settings, (duck) =>
        duck.rows(`SELECT DISTINCT CAST(prediction_seq AS DOUBLE) AS seq
          FROM read_parquet([${paths.map(pathLiteral).join(', ')}]) WHERE known_window > ${whole(afterWindow)}
          AND known_window <= ${whole(throughWindow)} AND prediction_seq <= ${whole(toSeq)}`),
      );
      return rows.map((row) => Number(row['seq']));
    },
    async positions({ indexDigest }, { of, value }) {
      return indexDigest === null ? [] : positionsIn(await store.pathOf(indexDigest), of, value);
    },
    async positionsOfIds({ indexDigest }, ids) {
      return indexDigest === null ? [] : [...(await positionsOfIds(await store.pathOf(indexDigest), ids)).values()];
    },
  };
}

function whereOf({ fromSeq, toSeq, throughWindow, rowsMax, order, seqs }: SealedRange): string {
  const among = seqs === undefined ? '' : `AND seq IN (${seqs.map(whole).join(', ')})`;
  return `WHERE seq BETWEEN ${whole(fromSeq)} AND ${whole(toSeq)} AND window_number <= ${whole(throughWindow)} ${among}
    ORDER BY seq ${order === 'oldest' ? '' : 'DESC'} LIMIT ${whole(rowsMax)}`;
}

function whole(value: number): string {
  if (!Number.isSafeInteger(value)) throw new TypeError(`SQL: ${value} is not a whole number`);
  return String(value);
}

/** BIGINT comes as bigint; positions, times and counts are numbers everywhere else. */
function plain(row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]),
  );
}

import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import type { SealedKind, StretchSums } from '../../domain/record/sealed.ts';
import { withDuck } from '../duck/connect.ts';
import { literal, pathLiteral } from '../duck/sql.ts';
import { sealedOrder } from '../sealed/sealed-columns.ts';
import { writeSealedIndex } from '../sealed/sealed-index.ts';
import { sealedOptions, sumsOfSealed } from '../sealed/write-sealed.ts';
import { isAmong } from './rows-of-entity.ts';

export interface ErasedStretch {
  readonly rows: number;
  /** The file that takes the place; null where only rows were counted, or none is left. */
  readonly file: {
    readonly fileDigest: string;
    readonly indexDigest: string | null;
    readonly bytes: number;
    readonly sums: StretchSums;
  } | null;
}

/** Which rows of a sealed file go. */
export interface SealedRowsOf {
  /** Of predictions, and of those that labels are about. */
  readonly seqs: readonly number[];
  /** Names of the entity in the log of the model. */
  readonly entityHashes: readonly string[];
  /** Rows that came later are new data; epoch milliseconds. */
  readonly untilMs: number;
}

/** Positions of predictions of these entities in a sealed file, with their ids. Reads one column of it. */
export async function sealedPositions(
  store: Pick<ArtifactStore, 'checkedPathOf'>,
  fileDigest: string,
  { entityHashes, untilMs }: Omit<SealedRowsOf, 'seqs'>,
): Promise<readonly { readonly seq: number; readonly predictionId: string }[]> {
  const table = `read_parquet(${pathLiteral(await store.checkedPathOf(fileDigest))})`;
  const rows = await withDuck({ threads: 1, memoryMb: 256 }, (duck) =>
    duck.rows(`SELECT CAST(seq AS DOUBLE) AS seq, prediction_id FROM ${table}
      WHERE ${isNamed(entityHashes)} AND requested_at_ms <= ${Math.floor(untilMs)} ORDER BY seq`),
  );
  return rows.map((row) => ({ seq: Number(row['seq']), predictionId: String(row['prediction_id']) }));
}

/** A sealed file without these rows, and its index; null where it holds none of them. */
export async function eraseFromSealed(
  store: Pick<ArtifactStore, 'checkedPathOf' | 'putFile'>,
  kind: SealedKind,
  fileDigest: string,
  ask: SealedRowsOf & { readonly workDir: string; readonly isDryRun: boolean },
): Promise<ErasedStretch | null> {
  const table = `read_parquet(${pathLiteral(await store.checkedPathOf(fileDigest))})`;
  const isGone =
    kind === 'predictions'
      ? isAmong('seq', ask.seqs)
      : `coalesce(${isAmong('prediction_seq', ask.seqs)}, false) OR
        (coalesce(${isNamed(ask.entityHashes)}, false) AND received_at_ms <= ${Math.floor(ask.untilMs)})`;
  return withDuck({ threads: 1, tempDir: ask.workDir }, async (duck) => {
    const [count] = await duck.rows(`SELECT CAST(count(*) FILTER (${isGone}) AS DOUBLE) AS gone,
      CAST(count(*) AS DOUBLE) AS rows FROM ${table}`);
    const rows = Number(count?.['gone'] ?? 0);
    if (rows === 0) return null;
    if (ask.isDryRun || rows === Number(count?.['rows'])) return { rows, file: null };
    const parquet = path.join(ask.workDir, 'sealed.parquet');
    await duck.run(`COPY (SELECT * FROM ${table} WHERE NOT (${isGone}) ORDER BY ${sealedOrder[kind]})
      TO ${literal(parquet)} ${sealedOptions}`);
    const written = `read_parquet(${pathLiteral(parquet)})`;
    const index = kind === 'predictions' ? path.join(ask.workDir, 'sealed.index') : null;
    if (index !== null) await writeSealedIndex(duck, written, index);
    const file = {
      fileDigest: await store.putFile(parquet),
      indexDigest: index === null ? null : await store.putFile(index),
      bytes: (await stat(parquet)).size,
      sums: await sumsOfSealed(duck, kind, written),
    };
    return { rows, file };
  });
}

function isNamed(entityHashes: readonly string[]): string {
  return entityHashes.length === 0 ? 'false' : `entity_hash IN (${entityHashes.map(literal).join(', ')})`;
}

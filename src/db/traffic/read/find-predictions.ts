import { sql, type SQL } from 'drizzle-orm';
import type { SealedFile, SealedLabel, SealedLog, SealedPrediction } from '../../../domain/record/sealed.ts';
import type { Db } from '../../base/connect.ts';
import { newestLabelFirst } from './current-label.ts';
import { sealedFiles } from './sealed-files.ts';
import { labelsOfSealed } from './sealed-rows.ts';

/** A logged prediction with every label that it had, newest first: the first is the current one. */
export interface FoundPrediction {
  readonly row: SealedPrediction;
  readonly labels: readonly SealedLabel[];
  /** Whether it stands in a sealed file and no longer in Postgres. */
  readonly isSealed: boolean;
}

export type PredictionKey = { readonly id: string } | { readonly entityHashes: readonly string[] };

/** Everything that there is: positions and windows are below these. */
const all = { fromSeq: 0, toSeq: Number.MAX_SAFE_INTEGER, windowMax: 2_147_483_647 };

/**
 * Predictions by id or by entity, newest first. Postgres is asked first, by index; sealed files only while rows are
 * missing, each by its own index. Law: one look-up per partition and per sealed file, and one row group per row found.
 */
export async function findPredictions(
  db: Db,
  sealed: SealedLog,
  model: string,
  key: PredictionKey,
  rowsMax: number,
): Promise<readonly FoundPrediction[]> {
  const live = await liveRows(db, model, key, rowsMax);
  const found = await Promise.all(
    live.map(async (row) => ({ row, labels: await liveLabels(db, model, row.prediction_id), isSealed: false })),
  );
  if (found.length >= rowsMax) return found;
  const older = await sealedRows(db, sealed, model, key, rowsMax - found.length);
  // A part that was dropped in between stands in both.
  const seqs = new Set(live.map(({ seq }) => seq));
  return [...found, ...older.filter(({ row }) => !seqs.has(row.seq))];
}

async function liveRows(db: Db, model: string, key: PredictionKey, rowsMax: number) {
  const where: SQL =
    'id' in key ? sql`prediction_id = ${key.id}` : sql`entity_hash = any(${sql.param([...key.entityHashes])}::text[])`;
  const result = await db.execute<Record<keyof SealedPrediction, unknown>>(sql`
    select prediction_id, seq::float8 as seq, window_number,
      round(extract(epoch from requested_at) * 1000)::float8 as requested_at_ms, event_time_ms::float8 as event_time_ms,
      entity_hash, arm, stage, version, correction, routing_revision, spec_revision, numbers, texts, scores, raw_scores,
      decision, other_version, other_scores, other_raw_scores, failed, latency_us
    from prediction where model = ${model} and ${where} order by prediction.seq desc limit ${rowsMax}`);
  return result.rows as unknown as readonly SealedPrediction[];
}

async function liveLabels(db: Db, model: string, id: string): Promise<readonly SealedLabel[]> {
  const result = await db.execute<Record<keyof SealedLabel, unknown>>(sql`
    select label_seq::float8 as label_seq, label_id, prediction_id, label, known_seq::float8 as known_seq, known_window,
      round(extract(epoch from received_at) * 1000)::float8 as received_at_ms
    from label l where model = ${model} and prediction_id = ${id} ${sql.raw(newestLabelFirst)} limit 1000`);
  return result.rows as unknown as readonly SealedLabel[];
}

async function sealedRows(
  db: Db,
  sealed: SealedLog,
  model: string,
  key: PredictionKey,
  rowsMax: number,
): Promise<readonly FoundPrediction[]> {
  const found: FoundPrediction[] = [];
  for (const file of await sealedFiles(db, model, 'predictions', all)) {
    const positions = await positionsIn(sealed, file, key);
    for (const seq of positions.toReversed()) {
      if (found.length >= rowsMax) return found;
      const range = { fromSeq: seq, toSeq: seq, throughWindow: all.windowMax, rowsMax: 1, order: 'oldest' } as const;
      const [row] = await sealed.predictions(file, range);
      if (row === undefined || !isAsked(row, key)) continue;
      const labels = await labelsOfSealed(db, sealed, model, [row], all.windowMax);
      found.push({ row, labels: labels.get(row.prediction_id) ?? [], isSealed: true });
    }
  }
  return found;
}

/** Ascending; an entity may have been stored under several names. */
async function positionsIn(sealed: SealedLog, file: SealedFile, key: PredictionKey): Promise<readonly number[]> {
  if ('id' in key) return sealed.positions(file, { of: 'id', value: key.id });
  const found = key.entityHashes.map((value) => sealed.positions(file, { of: 'entity', value }));
  return (await Promise.all(found)).flat().toSorted((left, right) => left - right);
}

/** The index holds eight bytes of a hash: another key may have the same. */
function isAsked(row: SealedPrediction, key: PredictionKey): boolean {
  return 'id' in key ? row.prediction_id === key.id : key.entityHashes.some((hash) => hash === row.entity_hash);
}

/** The trainings whose cut-off came after the row was logged and its first label was known. */
export async function trainingsOf(
  db: Db,
  model: string,
  row: Pick<SealedPrediction, 'window_number'>,
  labels: readonly SealedLabel[],
): Promise<readonly { readonly version: number; readonly runId: string; readonly throughWindow: number }[]> {
  if (labels.length === 0) return [];
  const known = Math.max(row.window_number, Math.min(...labels.map((label) => label.known_window)));
  const result = await db.execute<{ version: number; runId: string; throughWindow: number }>(sql`
    select version, run_id as "runId", through_window as "throughWindow" from version
    where model = ${model} and through_window >= ${known} order by through_window, version limit 100`);
  return result.rows;
}

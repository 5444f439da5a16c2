import { sql } from 'drizzle-orm';
import type { Db } from '../../base/connect.ts';

/** Rows of the log that one statement takes. */
export const logRowsMax = 5_000;

export interface ErasureOf {
  readonly erasureId: string;
  readonly model: string;
}

/**
 * Writes down where predictions of the entity stand that Postgres has and that are not written down yet, at most
 * `logRowsMax`; answers how many. Law: a look into the index of each partition.
 */
export async function noteLogRows(db: Db, { erasureId, model }: ErasureOf): Promise<number> {
  const { rows } = await db.execute<{ noted: number }>(sql`
    with noted as (
      insert into erasure_row (erasure_id, model, seq, prediction_id)
      select ${erasureId}::uuid, p.model, p.seq, p.prediction_id from prediction p
      join erasure_hash h on h.erasure_id = ${erasureId} and h.model = p.model and h.entity_hash = p.entity_hash
      where p.model = ${model} and p.requested_at <= h.erased_at and not exists (
        select from erasure_row r where r.erasure_id = h.erasure_id and r.model = p.model and r.seq = p.seq)
      limit ${logRowsMax} on conflict do nothing returning 1
    ) select count(*)::int as noted from noted`);
  return rows[0]?.noted ?? 0;
}

/** Writes down rows that were found in sealed files. */
export async function notePositions(
  db: Db,
  { erasureId, model }: ErasureOf,
  found: readonly { readonly seq: number; readonly predictionId: string }[],
): Promise<void> {
  if (found.length === 0) return;
  await db.execute(sql`
    insert into erasure_row (erasure_id, model, seq, prediction_id)
    select ${erasureId}::uuid, ${model}, r.seq, r.id from unnest(${sql.param(found.map(({ seq }) => seq))}::bigint[],
      ${sql.param(found.map(({ predictionId }) => predictionId))}::text[]) as r (seq, id)
    on conflict do nothing`);
}

/** Positions that are written down, ascending: as many as the entity was answered. */
export async function notedPositions(db: Db, { erasureId, model }: ErasureOf): Promise<readonly number[]> {
  const { rows } = await db.execute<{ seq: number }>(sql`
    select seq::float8 as seq from erasure_row where erasure_id = ${erasureId} and model = ${model} order by seq`);
  return rows.map(({ seq }) => seq);
}

/** Positions behind one, at most `logRowsMax`; those that one deletion takes. */
export async function nextNoted(
  db: Db,
  { erasureId, model }: ErasureOf,
  afterSeq: number,
): Promise<{ readonly from: number; readonly to: number; readonly hasMore: boolean } | null> {
  const { rows } = await db.execute<{ from: number | null; to: number | null; rows: number }>(sql`
    select min(seq)::float8 as from, max(seq)::float8 as to, count(*)::int as rows from (
      select seq from erasure_row where erasure_id = ${erasureId} and model = ${model} and seq > ${afterSeq}
      order by seq limit ${logRowsMax}) r`);
  const [row] = rows;
  if (row?.from == null || row.to === null) return null;
  return { from: row.from, to: row.to, hasMore: row.rows === logRowsMax };
}

/** Removes these rows and their labels, and labels under the entity's names. */
export async function eraseLogRows(
  tx: Db,
  { erasureId, model }: ErasureOf,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<{ readonly predictions: number; readonly labels: number }> {
  const { rows } = await tx.execute<{ predictions: number; labels: number }>(sql`
    select predictions::float8, labels::float8
    from erase_log_rows(${erasureId}::uuid, ${model}, ${from}::bigint, ${to}::bigint)`);
  return rows[0] ?? { predictions: 0, labels: 0 };
}

/** How many labels would go: those of the predictions that are written down, and those under the entity's names. */
export async function countLabels(db: Db, { erasureId, model }: ErasureOf): Promise<number> {
  const { rows } = await db.execute<{ rows: number }>(sql`
    select count(*)::float8 as rows from label l where l.model = ${model} and (
      l.prediction_id in (select r.prediction_id from erasure_row r where r.erasure_id = ${erasureId}
        and r.model = ${model})
      or exists (select from erasure_hash h where h.erasure_id = ${erasureId} and h.model = l.model
        and h.entity_hash = l.entity_hash and l.received_at <= h.erased_at))`);
  return rows[0]?.rows ?? 0;
}

/** How many of the predictions that are written down Postgres has. */
export async function countPredictions(db: Db, { erasureId, model }: ErasureOf): Promise<number> {
  const { rows } = await db.execute<{ rows: number }>(sql`
    select count(*)::float8 as rows from prediction p join erasure_row r on r.erasure_id = ${erasureId}
      and r.model = p.model and r.seq = p.seq where p.model = ${model}`);
  return rows[0]?.rows ?? 0;
}

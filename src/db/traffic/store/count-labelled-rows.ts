import type pg from 'pg';
import type { NewLabel } from './insert-labels.ts';

/**
 * Rows that a segment made labelled: stored ones whose first label it brought, and its own whose label was there, or
 * came with them. A correction makes no row labelled a second time, and a label without its prediction makes none.
 */
export async function countLabelledRows(
  client: pg.PoolClient,
  model: string,
  segment: { readonly firstSeq: number; readonly hasPredictions: boolean; readonly newLabels: readonly NewLabel[] },
): Promise<number> {
  const { firstSeq, hasPredictions, newLabels } = segment;
  const earlier = await countEarlierRows(client, model, firstSeq, newLabels);
  return hasPredictions ? earlier + (await countOwnRows(client, model, firstSeq)) : earlier;
}

async function countEarlierRows(
  client: pg.PoolClient,
  model: string,
  firstSeq: number,
  newLabels: readonly NewLabel[],
): Promise<number> {
  const ids = new Set(newLabels.flatMap(({ predictionId }) => predictionId ?? []));
  if (ids.size === 0) return 0;
  // Numbers are given out under the lock of the stream, so what this model had before stands below the first new one.
  const firstLabelSeq = Math.min(...newLabels.map(({ labelSeq }) => labelSeq));
  const { rows } = await client.query<{ rows: number }>(
    `select count(*)::int as rows from unnest($2::text[]) as labelled (id)
     join prediction p on p.model = $1 and p.prediction_id = labelled.id
     where p.seq <= $3 and not exists (
       select 1 from label l where l.model = $1 and l.prediction_id = labelled.id and l.label_seq < $4
         and l.part >= p.part)`,
    [model, [...ids], firstSeq, firstLabelSeq],
  );
  return rows[0]?.rows ?? 0;
}

async function countOwnRows(client: pg.PoolClient, model: string, firstSeq: number): Promise<number> {
  const { rows } = await client.query<{ rows: number }>(
    `select count(*)::int as rows from prediction p where p.model = $1 and p.seq > $2 and exists (
       select 1 from label l where l.model = $1 and l.prediction_id = p.prediction_id and l.part >= p.part)`,
    [model, firstSeq],
  );
  return rows[0]?.rows ?? 0;
}

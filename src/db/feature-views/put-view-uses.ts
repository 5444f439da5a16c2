import type pg from 'pg';
import type { PredictionRecord } from '../../domain/record/records.ts';

/** Stores how the values of views stood, and counts it by day; a prediction that has none costs nothing. */
export async function putViewUses(
  client: pg.PoolClient,
  model: string,
  records: readonly PredictionRecord[],
): Promise<void> {
  const used = records.filter(({ views }) => views !== undefined && views.length > 0);
  if (used.length === 0) return;
  await client.query(
    `insert into view_use (model, prediction_id, uses)
     select $1, d ->> 'predictionId', d -> 'views' from jsonb_array_elements($2::jsonb) as l (d)
     on conflict (model, prediction_id) do nothing`,
    [model, JSON.stringify(used.map(({ predictionId, views }) => ({ predictionId, views })))],
  );
  const counts = countedByDay(used);
  await client.query(
    `insert into view_use_day (model, view, day, fresh, stale, missing, late)
     select $1, d ->> 'view', d ->> 'day', (d ->> 'fresh')::bigint, (d ->> 'stale')::bigint,
       (d ->> 'missing')::bigint, (d ->> 'late')::bigint
     from jsonb_array_elements($2::jsonb) as l (d)
     on conflict (model, view, day) do update set fresh = view_use_day.fresh + excluded.fresh,
       stale = view_use_day.stale + excluded.stale, missing = view_use_day.missing + excluded.missing,
       late = view_use_day.late + excluded.late`,
    [model, JSON.stringify(counts)],
  );
}

function countedByDay(records: readonly PredictionRecord[]): readonly object[] {
  const days = new Map<
    string,
    { view: string; day: string; fresh: number; stale: number; missing: number; late: number }
  >();
  for (const { requestedAtMs, views = [] } of records) {
    const day = new Date(requestedAtMs).toISOString().slice(0, 10);
    for (const { view, status, isLate } of views) {
      const key = `${view} ${day}`;
      const counts = days.get(key) ?? { view, day, fresh: 0, stale: 0, missing: 0, late: 0 };
      counts[status]++;
      if (isLate === true) counts.late++;
      days.set(key, counts);
    }
  }
  return [...days.values()];
}

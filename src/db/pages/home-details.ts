import { sql } from 'drizzle-orm';
import { effectOfDistance } from '../../domain/watch/feature-drift.ts';
import type { Db } from '../base/connect.ts';

/** What is drawn on the cards of one page of models. */
export interface ModelDetails {
  /**
   * Largest distance of any distribution per window in standard deviations, oldest first; null where drift was not
   * judged.
   */
  readonly drift: readonly { readonly window: number; readonly distance: number | null }[];
  /** Windows with labels, latest first. */
  readonly quality: readonly QualityPoint[];
}

export interface QualityPoint {
  readonly window: number;
  readonly rows: number;
  readonly labelledRows: number;
  readonly realised: Readonly<Record<string, number>>;
}

/** Windows on a card: enough to see a movement, few enough for fifty cards. */
export const cardWindows = 16;
const qualityWindows = 8;

/** Details of the named models (at most a page of them): three queries, whatever their number. */
export async function modelDetails(db: Db, names: readonly string[]): Promise<ReadonlyMap<string, ModelDetails>> {
  if (names.length === 0) return new Map();
  const list = sql.param([...names]);
  const [windows, quality] = await Promise.all([
    db.execute<{ name: string; number: number; evidence_id: string | null }>(sql`
      select n.name, w.number, w.evidence_id
      from unnest(${list}::text[]) as n (name)
      cross join lateral (select number, evidence_id from "window" where model = n.name order by number desc limit
      ${cardWindows}) w
      order by n.name, w.number`),
    db.execute<{
      name: string;
      number: number;
      rows: number;
      labelled_rows: number;
      realised: Record<string, number>;
    }>(sql`
      select n.name, q.window_number as number, q.rows, q.labelled_rows, q.realised
      from unnest(${list}::text[]) as n (name)
      cross join lateral (
        select * from window_quality where model = n.name and labelled_rows > 0 and realised is not null order by
        window_number desc limit ${qualityWindows}
      ) q
      order by n.name, q.window_number desc`),
  ]);
  const distances = await largestDistances(
    db,
    windows.rows.flatMap((row) => (row.evidence_id === null ? [] : [row.evidence_id])),
  );
  const details = new Map<string, { drift: ModelDetails['drift'][number][]; quality: QualityPoint[] }>(
    names.map((name) => [name, { drift: [], quality: [] }]),
  );
  for (const row of windows.rows) {
    details.get(row.name)?.drift.push({
      window: row.number,
      distance: row.evidence_id === null ? null : (distances.get(row.evidence_id) ?? null),
    });
  }
  for (const row of quality.rows)
    details
      .get(row.name)
      ?.quality.push({ window: row.number, rows: row.rows, labelledRows: row.labelled_rows, realised: row.realised });
  return details;
}

/**
 * Evidence is written once and never changed, and its bodies are large: what was read of them is kept. One number each.
 */
const known = new WeakMap<Db, Map<string, number | null>>();
const keptMax = 100_000;

async function largestDistances(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, number | null>> {
  const kept = known.get(db) ?? new Map<string, number | null>();
  known.set(db, kept);
  if (kept.size > keptMax) kept.clear();
  const missing = ids.filter((id) => !kept.has(id));
  if (missing.length === 0) return kept;
  const found = await db.execute<{ evidence_id: string; distance: number | null }>(sql`
    select e.evidence_id, (
      select max(case
        when jsonb_typeof(feature -> 'effect') = 'number' then (feature ->> 'effect')::float8
        when jsonb_typeof(feature -> 'jsAboveFloor') = 'number'
          then ${effectOfDistance}::float8 * (feature ->> 'jsAboveFloor')::float8
        end)
      from jsonb_path_query(e.body, '$.drift.features[*]') as feature
    ) as distance
    from evidence e where e.evidence_id = any (${sql.param(missing)}::bigint[])`);
  for (const row of found.rows) kept.set(row.evidence_id, row.distance);
  return kept;
}

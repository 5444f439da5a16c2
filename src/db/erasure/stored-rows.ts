import { sql, type SQL } from 'drizzle-orm';
import type { ErasurePlace } from '../../domain/record/erasure/erasure.ts';
import type { Db } from '../base/connect.ts';
import type { Erasure } from './erasures.ts';

/** A table beside the log in which rows of an entity stand. */
export interface StoredRows {
  readonly place: ErasurePlace;
  readonly table: string;
  /** Of the row `t`. */
  readonly isGone: SQL;
  /** Only this column is emptied: the rest of the row is counts. */
  readonly column?: string;
}

type Of = Pick<Erasure, 'erasureId'>;

/** Rows of a model beside its log: by the ids of the predictions that are written down, and by the entity's names. */
export function modelRows({ erasureId }: Of, model: string): readonly StoredRows[] {
  const isPredicted = sql`t.model = ${model} and exists (select from erasure_row r where r.erasure_id = ${erasureId}
    and r.model = ${model} and r.prediction_id = t.prediction_id)`;
  const name = (column: SQL): SQL => sql`exists (select from erasure_hash h where h.erasure_id = ${erasureId}
    and h.model = ${model} and h.entity_hash = ${column})`;
  return [
    { place: 'proxies', table: 'proxy', isGone: isPredicted },
    { place: 'view-uses', table: 'view_use', isGone: isPredicted },
    {
      place: 'samples',
      table: 'view_sample',
      isGone: sql`t.model = ${model} and t.look ->> 'predictionId' in (select r.prediction_id from erasure_row r
        where r.erasure_id = ${erasureId} and r.model = ${model})`,
    },
    {
      place: 'samples',
      table: 'view_skew',
      column: 'last',
      isGone: sql`t.model = ${model} and t.last ->> 'predictionId' in (select r.prediction_id from erasure_row r
        where r.erasure_id = ${erasureId} and r.model = ${model})`,
    },
    {
      place: 'assignments',
      table: 'rollout_entity',
      isGone: sql`t.model = ${model} and (${name(sql`t.entity`)} or ${name(sql`t.keyed_entity`)})`,
    },
    { place: 'assignments', table: 'ab_test_entity', isGone: sql`t.model = ${model} and ${name(sql`t.entity`)}` },
  ];
}

/**
 * Rows of a view online, and samples of what was looked up there. `entity` is in a key cell: in any, or in that of
 * `keyColumn`, wherever it stands among the keys of the revision that the row is of.
 */
export function viewRows(view: string, entity: string, keyColumn: string | null): readonly StoredRows[] {
  const isKey =
    keyColumn === null
      ? sql`t.entity::jsonb ? ${entity}`
      : sql`exists (select from feature_view_revision r, jsonb_array_elements_text(r.spec -> 'entity')
          with ordinality as e (name, place) where r.view = t.view and r.digest = t.digest and e.name = ${keyColumn}
          and t.entity::jsonb ->> (e.place - 1)::int = ${entity})`;
  return [
    { place: 'online', table: 'online_entity', isGone: sql`t.view = ${view} and ${isKey}` },
    { place: 'samples', table: 'view_sample', isGone: sql`t.view = ${view} and t.look -> 'key' ? ${entity}` },
  ];
}

/** Removes them, at most `rowsMax`; answers how many. Of a dry run, how many there are, and nothing goes. */
export async function eraseStored(
  tx: Db,
  { table, isGone, column }: StoredRows,
  { isDryRun, rowsMax }: { readonly isDryRun: boolean; readonly rowsMax: number },
): Promise<number> {
  const name = sql.identifier(table);
  const what =
    column === undefined ? sql`delete from ${name}` : sql`update ${name} set ${sql.identifier(column)} = null`;
  const { rows } = await tx.execute<{ rows: number }>(
    isDryRun
      ? sql`select count(*)::float8 as rows from ${name} t where ${isGone}`
      : sql`with gone as (${what} where ctid in (select t.ctid from ${name} t where ${isGone}
          limit ${rowsMax}) returning 1) select count(*)::float8 as rows from gone`,
  );
  return rows[0]?.rows ?? 0;
}

/** What is remembered of a view by processes is asked anew. */
export async function bumpOnline(tx: Db, view: string): Promise<void> {
  await tx.execute(sql`update online_view set sequence = sequence + 1 where view = ${view}`);
}

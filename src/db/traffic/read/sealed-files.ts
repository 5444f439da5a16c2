import { sql } from 'drizzle-orm';
import type { SealedFile, SealedKind } from '../../../domain/record/sealed.ts';
import type { Db } from '../../base/connect.ts';

/** Files that one question looks into at most: more than a model has in years at a file a week. */
const filesMax = 5_000;

interface Raw extends Record<string, unknown> {
  readonly kind: SealedKind;
  readonly first: number;
  readonly last: number;
  readonly file: string;
  readonly index: string | null;
}

export interface SealedPlaces {
  readonly fromSeq: number;
  readonly toSeq: number;
  /** Windows of the predictions, or in which the labels became known: behind the one, through the other. */
  readonly windows?: { readonly after: number; readonly through: number };
}

/**
 * The sealed files of a model that say something about these positions, newest first. Only of parts that are dropped:
 * until then Postgres has the rows as well, and they would be there twice.
 */
export async function sealedFiles(
  db: Db,
  model: string,
  kind: SealedKind,
  { fromSeq, toSeq, windows }: SealedPlaces,
): Promise<readonly SealedFile[]> {
  const among =
    windows === undefined
      ? sql.empty()
      : sql`and s.last_window > ${windows.after} and s.first_window <= ${windows.through}`;
  const result = await db.execute<Raw>(sql`
    select s.kind, s.first_place::float8 as first, s.last_place::float8 as last, s.file_digest as file,
      s.index_digest as index
    from sealed_stretch s join log_part part on part.part = s.part and part.dropped_at is not null
    where s.model = ${model} and s.kind = ${kind} and s.last_seq >= ${fromSeq} and s.first_seq <= ${toSeq}
      ${among}
    order by s.first_place desc limit ${filesMax}`);
  return result.rows.map((row) => ({
    kind: row.kind,
    firstPlace: row.first,
    lastPlace: row.last,
    fileDigest: row.file,
    indexDigest: row.index,
  }));
}

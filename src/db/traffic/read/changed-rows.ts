import { sql } from 'drizzle-orm';
import type { SealedLog } from '../../../domain/record/sealed.ts';
import type { Db } from '../../base/connect.ts';
import { sealedFiles } from './sealed-files.ts';

/** From one cut to a later one; windows are stretches of positions, and each seq is the last one of its window. */
export interface CutRange {
  readonly afterWindow: number;
  readonly afterSeq: number;
  readonly throughWindow: number;
  readonly throughSeq: number;
  /** The last position that the earlier cut had rows of. */
  readonly reachedSeq: number;
}

const pageLabels = 5_000;
/** So many ids are looked for one by one in a sealed file; more of them by reading its index once. */
const searchedIdsMax = 64;

/**
 * Positions through `reachedSeq` of which a label became known in the windows behind it, ascending: rows that look
 * different now. Law: linear in the labels that became known in these windows; for those whose prediction Postgres does
 * not have, the index of each sealed file.
 */
export async function changedSeqs(
  db: Db,
  sealed: SealedLog,
  model: string,
  range: CutRange,
): Promise<readonly number[]> {
  const seqs = new Set<number>();
  const unplaced = new Set<string>();
  for (let after: Place | null = { known: range.afterSeq, place: -1 }; after !== null;) {
    // oxlint-disable-next-line no-await-in-loop -- the next page begins where this one ends
    const page: readonly FoundLabel[] = await labelPage(db, model, range, after);
    for (const { id, seq } of page)
      if (seq === null) unplaced.add(id);
      else if (seq <= range.reachedSeq) seqs.add(seq);
    const last = page.at(-1);
    after = last === undefined ? null : { known: last.known, place: last.place };
  }
  // Postgres was asked first: whatever is dropped after its answer stands in a file by now.
  const { afterWindow, throughWindow, reachedSeq: toSeq } = range;
  const windows = { after: afterWindow, through: throughWindow };
  const files = await sealedFiles(db, model, 'labels', { ...everywhere, toSeq, windows });
  for (const seq of await sealed.labelledSeqs(files, { afterWindow, throughWindow, toSeq })) seqs.add(seq);
  for (const seq of await seqsOfIds(db, sealed, model, [...unplaced])) if (seq <= range.reachedSeq) seqs.add(seq);
  return [...seqs].sort((left, right) => left - right);
}

interface Place {
  readonly known: number;
  readonly place: number;
}

interface FoundLabel extends Place {
  readonly id: string;
  readonly seq: number | null;
}

/** A label is that of every prediction of its id that is no younger: an id may come again after its horizon. */
async function labelPage(db: Db, model: string, range: CutRange, after: Place): Promise<readonly FoundLabel[]> {
  const { rows } = await db.execute<FoundLabel & Record<string, unknown>>(sql`
    select l.known_seq::float8 as known, l.label_seq::float8 as place, l.prediction_id as id,
      coalesce(p.seq, l.prediction_seq)::float8 as seq
    from (
      select * from label where model = ${model} and known_seq <= ${range.throughSeq}
        and (known_seq, label_seq) > (${after.known}, ${after.place})
        and known_window > ${range.afterWindow} and known_window <= ${range.throughWindow}
        and prediction_id is not null
      order by known_seq, label_seq limit ${pageLabels}
    ) l left join lateral (
      select seq from prediction where model = ${model} and prediction_id = l.prediction_id and part <= l.part
    ) p on true
    order by l.known_seq, l.label_seq`);
  return rows;
}

async function seqsOfIds(db: Db, sealed: SealedLog, model: string, ids: readonly string[]): Promise<readonly number[]> {
  if (ids.length === 0) return [];
  const found: number[] = [];
  for (const file of await sealedFiles(db, model, 'predictions', everywhere)) {
    // oxlint-disable no-await-in-loop -- one file at a time
    if (ids.length > searchedIdsMax) found.push(...(await sealed.positionsOfIds(file, ids)));
    else for (const value of ids) found.push(...(await sealed.positions(file, { of: 'id', value })));
    // oxlint-enable no-await-in-loop
  }
  return found;
}

const everywhere = { fromSeq: 0, toSeq: Number.MAX_SAFE_INTEGER };

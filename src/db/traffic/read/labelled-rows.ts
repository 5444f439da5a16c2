import { sql } from 'drizzle-orm';
import type { Db } from '../../base/connect.ts';
import type { SealedLog } from '../../../domain/record/sealed.ts';
import { joinCurrentLabel } from './current-label.ts';
import { labelledRow, type LabelledRow, type LoggedRow, type ScoredRange } from './labelled-row.ts';
import { latestLabelled } from './latest-labelled.ts';
import { notInAbTest } from './prediction-of.ts';
import { sealedLabelledPage, sealedScoredRows } from './sealed-rows.ts';

export const trafficPageRows = 5_000;

/** Of `p` and `current`. */
export const labelledColumns = sql`p.seq::float8 as seq, p.event_time_ms::float8 as event_time_ms, p.entity_hash,
  p.numbers, p.texts, p.spec_revision, p.version, p.scores, p.raw_scores, p.other_version, p.other_scores,
  p.other_raw_scores, current.label`;

interface PageRange {
  readonly afterSeq: number;
  readonly throughWindow: number;
  readonly rowsMax?: number;
}

/**
 * One page of labelled traffic in the order of its sequence, as it was known at the end of `throughWindow`: rows of
 * later windows and labels that came later do not exist for this cut-off, so the same events give the same rows at any
 * speed. Rows that are sealed come first, from their files; without `sealed` only those in Postgres exist.
 */
export async function labelledPage(
  db: Db,
  model: string,
  range: PageRange,
  sealed: SealedLog | null = null,
): Promise<readonly LabelledRow[]> {
  if (sealed === null) return livePage(db, model, range);
  // Asked first: whatever is dropped after this answer stands in a file when the files are looked for.
  const [firstLive] = await livePage(db, model, { ...range, rowsMax: 1 });
  const rows = await sealedLabelledPage(db, sealed, model, range);
  const kept = firstLive === undefined ? rows : rows.filter(({ seq }) => seq < firstLive.seq);
  if (kept.length > 0) return kept;
  if (firstLive === undefined) return [];
  const page = await livePage(db, model, range);
  // A part that was dropped in between takes its rows with it: they are in files now.
  return page[0]?.seq === firstLive.seq ? page : labelledPage(db, model, range, sealed);
}

async function livePage(db: Db, model: string, range: PageRange): Promise<readonly LabelledRow[]> {
  const result = await db.execute<RawLabelledRow>(sql`
    select ${labelledColumns} from prediction p ${joinCurrentLabel({ window: range.throughWindow })}
    where p.model = ${model} and p.seq > ${range.afterSeq} and p.window_number <= ${range.throughWindow}
    order by p.seq limit ${range.rowsMax ?? trafficPageRows}`);
  return result.rows.map(typed);
}

/**
 * The most recent mature labelled rows that `version` has scored (as whichever arm), oldest first; what Postgres does
 * not have any more comes from sealed files. Law: at most 2 × `rowsMax` labels with their rows, however many rows wait
 * for one.
 */
export async function recentScoredRows(
  db: Db,
  model: string,
  range: ScoredRange,
  sealed: SealedLog | null = null,
): Promise<readonly LabelledRow[]> {
  const live = await liveScoredRows(db, model, range);
  if (sealed === null || live.length >= range.rowsMax) return live;
  const rowsMax = range.rowsMax - live.length;
  const older = await sealedScoredRows(db, sealed, model, { ...range, rowsMax });
  const first = live[0]?.seq ?? Number.MAX_SAFE_INTEGER;
  return [...older.filter(({ seq }) => seq < first), ...live];
}

async function liveScoredRows(db: Db, model: string, range: ScoredRange): Promise<readonly LabelledRow[]> {
  const { version, throughWindow, matureSeq, afterSeq, rowsMax } = range;
  const result = await db.execute<RawLabelledRow>(sql`
    select * from (
      select ${labelledColumns} from ${latestLabelled(model, { afterSeq, matureSeq, throughWindow }, rowsMax)}
      ${joinCurrentLabel({ window: throughWindow })}
      where p.seq > ${afterSeq} and p.seq <= ${matureSeq}
        and p.scores <> '{}' and ${notInAbTest} and (p.version = ${version} or p.other_version = ${version})
      order by p.seq desc limit ${rowsMax}
    ) recent order by seq`);
  return result.rows.map(typed);
}

export type RawLabelledRow = LoggedRow & { readonly label: string };

export function typed({ label, ...row }: RawLabelledRow): LabelledRow {
  return labelledRow(row, label);
}

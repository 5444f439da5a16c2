import { sql } from 'drizzle-orm';
import type { SealedLabel, SealedLog, SealedPrediction } from '../../../domain/record/sealed.ts';
import type { Db } from '../../base/connect.ts';
import { labelledRow, type LabelledRow, type ScoredRange } from './labelled-row.ts';
import { sealedFiles } from './sealed-files.ts';

/** Rows that are read of a sealed file at once, labelled or not. */
const chunkRows = 10_000;

/**
 * The oldest sealed rows after a position that have a label by the end of `throughWindow`, at most a chunk of them;
 * empty when there are none. Law: linear in the rows of the stretch that it looks through.
 */
export async function sealedLabelledPage(
  db: Db,
  sealed: SealedLog,
  model: string,
  range: { readonly afterSeq: number; readonly throughWindow: number },
): Promise<readonly LabelledRow[]> {
  const files = await sealedFiles(db, model, 'predictions', { fromSeq: range.afterSeq + 1, toSeq: seqMax });
  for (const file of files.toReversed()) {
    for (let fromSeq = Math.max(range.afterSeq + 1, file.firstPlace); fromSeq <= file.lastPlace;) {
      const { throughWindow } = range;
      const asked = { fromSeq, toSeq: file.lastPlace, throughWindow, rowsMax: chunkRows, order: 'oldest' } as const;
      const chunk = await sealed.predictions(file, asked);
      const rows = await labelled(db, sealed, model, chunk, throughWindow);
      if (rows.length > 0) return rows;
      const last = chunk.at(-1);
      if (last === undefined) break;
      fromSeq = last.seq + 1;
    }
  }
  return [];
}

/**
 * The newest sealed mature labelled rows that `version` has scored, above a position, oldest first: what is missing
 * where those in Postgres are not as many as wanted.
 */
export async function sealedScoredRows(
  db: Db,
  sealed: SealedLog,
  model: string,
  range: ScoredRange,
): Promise<readonly LabelledRow[]> {
  const found: LabelledRow[] = [];
  for (const file of await sealedFiles(db, model, 'predictions', {
    fromSeq: range.afterSeq + 1,
    toSeq: range.matureSeq,
  })) {
    const fromSeq = Math.max(range.afterSeq + 1, file.firstPlace);
    for (let toSeq = Math.min(file.lastPlace, range.matureSeq); toSeq >= fromSeq && found.length < range.rowsMax;) {
      const { throughWindow } = range;
      const chunk = await sealed.predictions(file, {
        fromSeq,
        toSeq,
        throughWindow,
        rowsMax: chunkRows,
        order: 'newest',
      });
      const last = chunk.at(-1);
      if (last === undefined) break;
      toSeq = last.seq - 1;
      const own = chunk.filter(
        ({ arm, version, other_version }) => arm !== 'ab-test' && [version, other_version].includes(range.version),
      );
      found.push(...(await labelled(db, sealed, model, own.toReversed(), throughWindow)).toReversed());
    }
    if (found.length >= range.rowsMax) break;
  }
  return found.slice(0, range.rowsMax).toReversed();
}

/** Larger than any position. */
const seqMax = Number.MAX_SAFE_INTEGER;

/** Labels of sealed predictions, from sealed files and from Postgres, newest first by prediction id. */
export async function labelsOfSealed(
  db: Db,
  sealed: SealedLog,
  model: string,
  rows: readonly SealedPrediction[],
  throughWindow: number,
): Promise<ReadonlyMap<string, readonly SealedLabel[]>> {
  if (rows.length === 0) return new Map();
  const seqs = rows.map(({ seq }) => seq);
  const range = { fromSeq: Math.min(...seqs), toSeq: Math.max(...seqs) };
  const ids = new Set(rows.map((row) => row.prediction_id));
  // Postgres is asked first: a part that is dropped after this answer stands in files when the files are looked for.
  const live = await db.execute<Record<keyof SealedLabel, unknown>>(sql`
    select label_seq::float8, label_id, prediction_id, label, known_seq::float8, known_window,
      round(extract(epoch from received_at) * 1000)::float8 as received_at_ms
    from label where model = ${model} and known_window <= ${throughWindow}
      and prediction_id = any(${sql.param([...ids])}::text[])`);
  const kept = await sealed.labels(await sealedFiles(db, model, 'labels', range), { ...range, throughWindow });
  const every = [...kept, ...(live.rows as unknown as readonly SealedLabel[])];
  const found = new Map<string, SealedLabel[]>();
  for (const label of new Map(every.map((one) => [one.label_seq, one])).values()) {
    if (!ids.has(label.prediction_id)) continue;
    const list = found.get(label.prediction_id);
    if (list === undefined) found.set(label.prediction_id, [label]);
    else list.push(label);
  }
  for (const list of found.values())
    list.sort((left, right) => right.received_at_ms - left.received_at_ms || right.label_seq - left.label_seq);
  return found;
}

/** Those of these sealed rows that have a label by the end of `throughWindow`. */
export async function labelled(
  db: Db,
  sealed: SealedLog,
  model: string,
  rows: readonly SealedPrediction[],
  throughWindow: number,
): Promise<readonly LabelledRow[]> {
  const labels = await labelsOfSealed(db, sealed, model, rows, throughWindow);
  return rows.flatMap((row) => {
    const current = labels.get(row.prediction_id)?.[0];
    return current === undefined ? [] : [labelledRow(row, current.label)];
  });
}

import type pg from 'pg';
import { isRows, type Extent } from '../../../domain/words/extent.ts';
import { isDatabaseAway, withTransaction, type Database } from '../../base/connect.ts';
import { modelHashSql } from '../../base/shard-sql.ts';

/** A model's place in its traffic while its row is locked. */
export interface Stream {
  readonly model: string;
  lastSeq: number;
  openWindow: number;
  openRows: number;
  openFirstSeq: number;
  openedAtMs: number;
  /** Labels stored so far. */
  labels: number;
  /** Stored predictions that have a label by now. */
  labelledRows: number;
  /** The labelled rows at which the watch is to correct anew; null: only when a window closes. */
  readonly correctionDue: number | null;
  /** The database's clock when the lock was taken: windows by time end by it, whatever a process thinks. */
  readonly nowMs: number;
  /** Part of the log that the newest rows went to. */
  part: number;
}

/** Locks the model's stream until the transaction ends, making it first if needed. */
export async function lockStream(client: pg.PoolClient, model: string): Promise<Stream> {
  await client.query('insert into model_stream (model) values ($1) on conflict do nothing', [model]);
  const { rows } = await client.query<{
    last_seq: string;
    open_window: number;
    open_rows: number;
    open_first_seq: string;
    opened_at: Date;
    labels: string;
    labelled_rows: string;
    correction_due: string | null;
    now: Date;
    part: number;
  }>(
    'select last_seq, open_window, open_rows, open_first_seq, opened_at, labels, labelled_rows, correction_due, ' +
      'part, clock_timestamp() as now ' +
      'from model_stream where model = $1 for update',
    [model],
  );
  const row = rows[0];
  if (row === undefined) throw new Error(`the stream of ${model} vanished`);
  return {
    model,
    lastSeq: Number(row.last_seq),
    openWindow: row.open_window,
    openRows: row.open_rows,
    openFirstSeq: Number(row.open_first_seq),
    openedAtMs: row.opened_at.getTime(),
    labels: Number(row.labels),
    labelledRows: Number(row.labelled_rows),
    correctionDue: row.correction_due === null ? null : Number(row.correction_due),
    nowMs: row.now.getTime(),
    part: row.part,
  };
}

export async function saveStream(client: pg.PoolClient, stream: Stream): Promise<void> {
  await client.query(
    'update model_stream set last_seq = $2, open_window = $3, open_rows = $4, open_first_seq = $5, opened_at = $6, ' +
      'labels = $7, labelled_rows = $8, part = $9 where model = $1',
    [
      stream.model,
      stream.lastSeq,
      stream.openWindow,
      stream.openRows,
      stream.openFirstSeq,
      new Date(stream.openedAtMs),
      stream.labels,
      stream.labelledRows,
      stream.part,
    ],
  );
}

/**
 * Closes the open window with the rows that it really has, and opens the next. The caller has checked that it is due.
 */
export async function closeWindow(client: pg.PoolClient, stream: Stream, nowMs: number): Promise<void> {
  await client.query(
    'insert into "window" (model, number, rows, first_seq, last_seq, opened_at, closed_at, labelled_rows) ' +
      'values ($1, $2, $3, $4, $5, $6, $7, $8)',
    [
      stream.model,
      stream.openWindow,
      stream.openRows,
      stream.openFirstSeq,
      stream.lastSeq,
      new Date(stream.openedAtMs),
      new Date(nowMs),
      stream.labelledRows,
    ],
  );
  stream.openWindow++;
  stream.openRows = 0;
  stream.openFirstSeq = stream.lastSeq + 1;
  stream.openedAtMs = nowMs;
  await wakeWatch(client, stream.model, stream.openWindow - 1);
}

/**
 * The watch wakes when the transaction has ended: a window of the model has closed, or answers are to be corrected anew
 * within it. The hash says whose shard it is, whatever their number: only that one wakes.
 */
export async function wakeWatch(client: pg.PoolClient, model: string, window: number): Promise<void> {
  await client.query(
    `select pg_notify('perennial_window',
      json_build_object('model', $1::text, 'window', $2::int, 'hash', ${modelHashSql('$1::text')})::text)`,
    [model, window],
  );
}

/**
 * True when a window by time is over. One without rows is not closed (there is nothing to judge) but begins anew, so
 * that the next row does not find a window that ended long ago.
 */
export function isTimeUp(extent: Extent, stream: Stream, nowMs: number): boolean {
  if (isRows(extent) || nowMs - stream.openedAtMs < extent.ms) return false;
  if (stream.openRows > 0) return true;
  stream.openedAtMs = nowMs;
  return false;
}

/**
 * Windows by time of models without traffic would stay open for ever; whoever watches a shard closes those of its
 * models here. `onFailed` hears of a model whose window cannot be closed; the others are. Returns how many were.
 * `nowMs` stands for the database's clock in tests.
 */
export async function closeDueWindows(
  database: Pick<Database, 'pool'>,
  { shard, shards }: { readonly shard: number; readonly shards: number },
  onFailed: (model: string, error: unknown) => void,
  nowMs?: number,
): Promise<number> {
  const { rows } = await database.pool.query<{ model: string; ms: number }>(
    `select s.model, (r.spec->'watch'->'window'->>'ms')::float8 as ms
     from model_stream s join model m on m.name = s.model join spec_revision r on r.model = m.name and r.revision =
     m.spec_revision
     where s.open_rows > 0 and r.spec->'watch'->'window'->>'ms' is not null
       and s.opened_at + make_interval(secs => (r.spec->'watch'->'window'->>'ms')::float8 / 1000)
         <= coalesce($1, clock_timestamp())
       and ${modelHashSql('s.model')} % $2 = $3
     order by s.model limit 1000`,
    [nowMs === undefined ? null : new Date(nowMs), shards, shard],
  );
  let closed = 0;
  for (const { model, ms } of rows) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- one lock at a time
      if (await closeIfDue(database, model, { ms }, nowMs)) closed++;
    } catch (error) {
      if (isDatabaseAway(error)) throw error;
      onFailed(model, error);
    }
  }
  return closed;
}

async function closeIfDue(
  database: Pick<Database, 'pool'>,
  model: string,
  extent: Extent,
  nowMs: number | undefined,
): Promise<boolean> {
  return withTransaction(database, async (_, client) => {
    const stream = await lockStream(client, model);
    const atMs = nowMs ?? stream.nowMs;
    if (!isTimeUp(extent, stream, atMs)) return false;
    await closeWindow(client, stream, atMs);
    await saveStream(client, stream);
    return true;
  });
}

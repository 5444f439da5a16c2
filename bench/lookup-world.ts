import type { Database } from '../src/db/base/connect.ts';

/** How many rows there are: those that will be sealed stand in the oldest parts, the others in the newest ones. */
export interface LogSize {
  readonly live: number;
  readonly sealed: number;
  /** Parts of each kind. */
  readonly parts: number;
}

/** A log of one model that is years old as far as its calendar goes: parts of a week, the newest one open. */
export async function fillLog(database: Database, { live, sealed, parts }: LogSize): Promise<void> {
  const { pool } = database;
  // The calendar begins long ago; part 0 and the parts that the migration made are the oldest ones.
  await pool.query(
    `update log_part set from_at = now() - ($1 * 7 + 365) * interval '1 day',
      to_at = now() - ($1 * 7 + 365 - part) * interval '1 day'`,
    [2 * parts],
  );
  const { rows } = await pool.query<{ newest: number }>('select max(part) as newest from log_part');
  const first = (rows[0]?.newest ?? 0) + 1;
  for (let index = 0; index < 2 * parts; index++) {
    const ageWeeks = index < parts ? 2 * parts - index + 13 : 2 * parts - index - 1;
    await pool.query(
      `insert into log_part (part, from_at, to_at)
       values ($1, now() - $2 * interval '1 week', now() - ($2 - 1) * interval '1 week' + interval '1 hour')`,
      [first + index, ageWeeks],
    );
    await pool.query('select make_log_partitions($1)', [first + index]);
    const size = index < parts ? { rows: sealed, from: 0, at: index } : { rows: live, from: sealed, at: index - parts };
    const [low, high] = [size.at, size.at + 1].map((at) => size.from + Math.floor((size.rows * at) / parts));
    await fillPart(database, first + index, low ?? 0, high ?? 0, index < parts ? 'old' : 'e');
  }
  await pool.query('analyze');
}

async function fillPart(database: Database, part: number, low: number, high: number, entity: string): Promise<void> {
  await database.pool.query(
    `insert into prediction (part, model, prediction_id, seq, window_number, requested_at, event_time_ms, entity_hash,
      bucket, arm, stage, challenger_weight, version, correction, routing_revision, spec_revision, numbers, texts,
      scores, decision, failed, latency_us)
     select $1, 'bench', 'p-' || n, n, 1 + n / 10000, now(), n, $4 || '-' || (n % 20000), n % 1000, 'champion',
      'steady', 0, 1, 'identity', 1, 1,
      array[n % 97, n % 31, random(), random(), random(), random(), random(), random()],
      array['a', 'b' || (n % 10)], array[0.75, 0.25], 'fine', false, 300
     from generate_series($2::bigint + 1, $3::bigint) n`,
    [part, low, high, entity],
  );
  await database.pool.query(
    `insert into label (part, model, label_id, prediction_id, prediction_seq, label, known_seq, known_window,
      received_at)
     select $1, 'bench', 'l-' || n, 'p-' || n, n, 'fine', n, 1 + n / 10000, now()
     from generate_series($2::bigint + 1, $3::bigint) n where n % 5 = 0`,
    [part, low, high],
  );
}

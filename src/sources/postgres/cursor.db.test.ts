import { beforeEach, describe, expect, test } from 'vitest';
import { failureOf, openForeignRows, type ReadBatch } from '../../../tests/worlds/foreign-rows.ts';
import { until } from '../../../tests/worlds/wait.ts';
import type { PostgresSource } from '../../domain/spec/source-spec.ts';

const { run, read, sourceOf, client } = await openForeignRows();

const byTime: PostgresSource = {
  kind: 'postgres',
  secret: 'shop',
  query: 'select * from paid',
  cursor: { column: 'at', tieBreaker: 'id' },
};
const byId: PostgresSource = { ...byTime, cursor: { column: 'id', tieBreaker: 'at' } };

beforeEach(async () => {
  await run('drop table if exists paid cascade');
  await run('create table paid (id int8, at timestamptz, amount numeric)');
});

const idsOf = (batches: readonly ReadBatch[]) => batches.map(({ ids }) => ids);
const insert = (from: number, to: number) =>
  run(
    `insert into paid select i, timestamptz '2026-01-01Z' + i * interval '1 s', i from generate_series($1::int, $2) i`,
    [from, to],
  );

test('rows come in order, in batches of the declared size, and once, also after a kill', async () => {
  await insert(1, 7);
  const spec = { ...byId, batchRows: 3 };
  const batches = await read(spec);
  expect(idsOf(batches)).toEqual([['1', '2', '3'], ['4', '5', '6'], ['7']]);
  expect(batches.map(({ covers }) => covers)).toEqual(['addition', 'addition', 'addition']);
  expect(await read(spec, batches[2]?.next)).toEqual([]);
  expect(idsOf(await read(spec, batches[0]?.next))).toEqual([['4', '5', '6'], ['7']]);
  await insert(8, 9);
  expect(idsOf(await read(spec, batches[2]?.next))).toEqual([['8', '9']]);
});

test('a table without rows gives none, and the first ones when they come', async () => {
  expect(await read(byTime)).toEqual([]);
  const empty = await sourceOf(byTime).identify(null);
  await insert(1, 1);
  expect((await sourceOf(byTime).identify(null)).digest).not.toBe(empty.digest);
  expect(idsOf(await read(byTime))).toEqual([['1']]);
});

describe('the name of what there is', () => {
  test('is that of the last batch, and stays while nothing lies behind it, whatever is removed', async () => {
    await insert(1, 7);
    const spec = { ...byTime, batchRows: 3 };
    const source = sourceOf(spec);
    const before = await source.identify(null);
    const last = (await read(spec)).at(-1);
    expect(last?.digest).toBe(before.digest);
    expect((await source.identify(last?.next)).digest).toBe(last?.digest);
    await run('delete from paid where id in (2, 7)');
    expect((await source.identify(last?.next)).digest).toBe(last?.digest);
    expect(await read(spec, last?.next)).toEqual([]);
    await insert(8, 8);
    const after = await source.identify(last?.next);
    expect(after.digest).not.toBe(last?.digest);
    expect((await read(spec, last?.next)).at(-1)?.digest).toBe(after.digest);
  });

  test('is found by an index, however large the table is', async () => {
    await insert(1, 30_000);
    await run('create index on paid (at, id)');
    await run('alter table paid alter at set not null, alter id set not null');
    await run('vacuum analyze paid');
    const scans = async () => {
      // This session has scanned it as well, for the index and the constraints, and may count that a second later.
      await client.query('select pg_stat_force_next_flush()');
      const { rows } = await client.query<{ readonly whole: string; readonly index: string }>(
        `select seq_scan as whole, idx_scan as index from pg_stat_user_tables where relname = 'paid'`,
      );
      return rows[0] ?? { whole: '', index: '' };
    };
    // A session counts its scans before it is gone, and not at once: one that is still there may count later.
    const areCounted = async (): Promise<boolean> => {
      const { rowCount } = await client.query(
        `select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
          and backend_type = 'client backend'`,
      );
      return rowCount === 0;
    };
    const { next } = (await read({ ...byTime, batchRows: 1_000_000 })).at(-1) ?? { next: null };
    await until('the sessions of the reading are gone', areCounted);
    const before = await scans();
    await sourceOf(byTime).identify(next);
    await sourceOf(byTime).lag(next);
    await until('those of the look are gone', areCounted);
    const after = await scans();
    expect(Number(after.index)).toBeGreaterThan(Number(before.index));
    expect(after.whole).toBe(before.whole);
  });
});

test('how much is unread is counted in rows', async () => {
  await insert(1, 5);
  const lag = (from: string | null) => sourceOf(byTime).lag(from);
  expect(await lag(null)).toEqual({ unread: 5, unit: 'rows' });
  const last = (await read(byTime)).at(-1)?.next ?? null;
  expect(await lag(last)).toEqual({ unread: 0, unit: 'rows' });
  await insert(6, 8);
  expect(await lag(last)).toEqual({ unread: 3, unit: 'rows' });
});

test('a newest row that is older than was declared is said, by the clock of the server', async () => {
  const stale = async (freshMs: number) =>
    (await sourceOf({ ...byTime, cursor: { column: 'at', tieBreaker: 'id', freshMs } }).lag(null))?.stale;
  expect(await stale(60_000), 'an empty table has no age').toBeUndefined();
  await run(`insert into paid values (1, now() - interval '1 hour')`);
  expect(await stale(7_200_000)).toBeUndefined();
  const found = await stale(60_000);
  expect(found?.freshMs).toBe(60_000);
  expect(found?.ageMs).toBeGreaterThanOrEqual(3_600_000);
  expect(found?.ageMs).toBeLessThan(4_200_000);
  await run('insert into paid values (2, now())');
  expect(await stale(60_000)).toBeUndefined();
});

test('rows of one value are told apart by the second column, also across batches', async () => {
  await run(`insert into paid select i, timestamptz '2026-01-01Z', i from generate_series(1, 7) i`);
  expect(idsOf(await read({ ...byTime, batchRows: 3 }))).toEqual([['1', '2', '3'], ['4', '5', '6'], ['7']]);
});

test('one column will do where it is unique', async () => {
  await insert(1, 5);
  await run('create index on paid (id)');
  const spec = { ...byId, batchRows: 2, cursor: { column: 'id', tieBreaker: 'id' } };
  const batches = await read(spec);
  expect(idsOf(batches)).toEqual([['1', '2'], ['3', '4'], ['5']]);
  await insert(6, 6);
  expect(idsOf(await read(spec, batches[2]?.next))).toEqual([['6']]);
});

test('rows that both columns fail to tell apart are never parted by a batch', async () => {
  await run(`insert into paid select 1, timestamptz '2026-01-01Z', i from generate_series(1, 5) i`);
  const batches = await read({ ...byTime, batchRows: 2 });
  expect(batches.map(({ rows }) => rows.map((row) => row['amount'])).flat()).toHaveLength(5);
});

test.each([
  ['int8', ['1', '9', '10', '9007199254740993', '9007199254740995']],
  ['numeric', ['1', '9.5', '10', '10.25', '123456789012345678901234567890.123456789']],
  ['text', ['a', "b'c", 'b\\d', 'c"; drop table keyed; --', 'ü']],
  ['uuid', [1, 2, 3, 4, 5].map((digit) => `0${digit}000000-0000-0000-0000-000000000000`)],
  ['timestamptz', [1, 2, 3, 4, 5].map((digit) => `2026-01-02 03:04:05.00000${digit}+00`)],
])('a column of type %s is read on from', async (type, values) => {
  await run('drop table if exists keyed');
  await run(`create table keyed (id ${type} ${type === 'text' ? 'collate "C"' : ''}, tie int4)`);
  for (const [tie, value] of values.entries()) await run('insert into keyed values ($1, $2)', [value, tie]);
  const spec = {
    ...byId,
    query: 'select id::text as shown, * from keyed',
    cursor: { column: 'id', tieBreaker: 'tie' },
  };
  const batches = await read({ ...spec, batchRows: 2 });
  const ofShown = (found: readonly ReadBatch[]) => found.map(({ rows }) => rows.map((row) => row['shown'])).flat();
  expect(ofShown(batches)).toEqual(values);
  expect(ofShown(await read({ ...spec, batchRows: 2 }, batches[0]?.next))).toEqual(values.slice(2));
  expect(await read(spec, batches.at(-1)?.next)).toEqual([]);
});

test('a time in the future waits for its day, and hides nothing', async () => {
  await run(`insert into paid values (1, now() - interval '1 s'), (2, 'infinity'), (3, '9999-12-31Z')`);
  const [batch] = await read(byTime);
  expect(batch?.ids).toEqual(['1']);
  await run(`insert into paid values (4, now())`);
  expect(idsOf(await read(byTime, batch?.next))).toEqual([['4']]);
});

describe('what a cursor would pass over is refused', () => {
  const refusal = async (spec: PostgresSource, from: string | null = null) => failureOf(read(spec, from));

  test.each([
    ['column', `insert into paid values (2, null)`],
    ['tieBreaker', `insert into paid values (null, now())`],
  ])('a row without a value in its %s', async (member, sql) => {
    await insert(1, 1);
    await run(sql);
    expect(await refusal(byTime)).toMatchObject({
      code: 'invalid_data',
      path: `source.cursor.${member}`,
      message: expect.stringContaining('would never be read'),
    });
  });

  test('a table that began anew below the cursor; one removed row is no sign of it', async () => {
    await insert(101, 105);
    const last = (await read(byId)).at(-1)?.next ?? null;
    await run('delete from paid where id >= 104');
    expect(await refusal(byId, last)).toBeNull();
    await run('truncate paid');
    expect(await refusal(byId, last), 'nothing is there that could be missed').toBeNull();
    await insert(1, 5);
    expect(await refusal({ ...byId, cursor: { column: 'id', tieBreaker: 'at', overlapRows: 0 } }, last)).toMatchObject({
      code: 'invalid_data',
      path: 'source.cursor.column',
      message: expect.stringContaining('began anew'),
    });
  });

  test.each([
    [{ column: 'other', tieBreaker: 'id' }, 'source.cursor.column', 'answers no column "other"'],
    [{ column: 'at', tieBreaker: 'other' }, 'source.cursor.tieBreaker', 'answers no column "other"'],
    [{ column: 'naive', tieBreaker: 'id' }, 'source.cursor.column', 'is timestamp without time zone'],
    [{ column: 'half', tieBreaker: 'id' }, 'source.cursor.column', 'is double precision'],
    [{ column: 'id', tieBreaker: 'at', overlapMs: 5 }, 'source.cursor.overlapMs', 'is no time'],
    [{ column: 'id', tieBreaker: 'at', freshMs: 60_000 }, 'source.cursor.freshMs', 'is no time'],
  ])('an order that cannot be read on by: %j', async (cursor, path, words) => {
    const query = 'select *, at::timestamp as naive, amount::float8 as half from paid';
    expect(await refusal({ ...byTime, query, cursor })).toMatchObject({
      code: 'invalid_data',
      path,
      message: expect.stringContaining(words),
    });
  });

  test('a column that was renamed since, by its name', async () => {
    await insert(1, 3);
    const last = (await read(byTime)).at(-1)?.next ?? null;
    await run('alter table paid rename at to paid_at');
    expect(await refusal(byTime, last)).toMatchObject({ message: expect.stringContaining('no column "at"') });
    expect(await refusal({ ...byTime, query: 'select id, at from paid' }, last)).toMatchObject({
      code: 'invalid_data',
      path: 'source.query',
      message: 'The query of the source is refused by its server: column "at" does not exist.',
    });
  });

  test('a cursor of another kind of source', async () => {
    expect(await refusal(byTime, 'ab'.repeat(32))).toMatchObject({ code: 'invalid_data', path: 'source.cursor' });
  });
});

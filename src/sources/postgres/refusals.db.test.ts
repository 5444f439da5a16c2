import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failureOf, openForeignRows } from '../../../tests/worlds/foreign-rows.ts';
import { createTestDatabase } from '../../../tests/worlds/database.ts';
import { until } from '../../../tests/worlds/wait.ts';
import type { PostgresSource } from '../../domain/spec/source-spec.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { SourcePlace } from '../port.ts';
import { connectSource } from '../registry.ts';

const { run, read, sourceOf, client, url, host } = await openForeignRows();

const asked = (query: string, more: Partial<PostgresSource> = {}): PostgresSource => ({
  kind: 'postgres',
  secret: 'shop',
  query,
  ...more,
});
const refusalOf = (query: string, more: Partial<PostgresSource> = {}) => failureOf(read(asked(query, more)));
/** Roles belong to the server, which other tests share. */
const stranger = `stranger_${randomBytes(6).toString('hex')}`;
const password = 'hunter2-%25-secret';

beforeAll(async () => {
  await run('create table kept (id int4)');
  await run('insert into kept values (1)');
  await run('create sequence counter');
  await run(
    `create function write_one() returns int4 language sql volatile as 'insert into kept values (2) returning id'`,
  );
});
afterAll(() => run(`drop role if exists ${stranger}`));

describe('a query can only read', () => {
  test.each([
    ['insert into kept values (3) returning id', 'syntax error'],
    ['with made as (insert into kept values (3) returning id) select * from made', 'WITH clause'],
    ['select write_one()', 'read-only transaction'],
    [`select nextval('counter')`, 'read-only transaction'],
    ['select * from kept for update', 'read-only transaction'],
    ['select 1; delete from kept', 'multiple commands'],
    ['select 1 as a;', 'syntax error'],
    ['select 1 as a) as q; delete from kept; select * from (select 1', 'syntax error'],
    ['select 1 as a /* no end', 'unterminated'],
    [`select set_config('transaction_read_only', 'off', true), write_one()`, 'read'],
    ['copy kept to stdout', 'syntax error'],
    ['delete from kept', 'syntax error'],
    ['select * into other from kept', ''],
    ['vacuum', 'syntax error'],
  ])('%s', async (query, words) => {
    const refusal = await refusalOf(query);
    expect(refusal).toMatchObject({ code: 'invalid_data', path: 'source.query' });
    expect(String(refusal)).toContain(words);
    const { rows } = await client.query<{ readonly id: number }>('select id from kept');
    expect(rows).toEqual([{ id: 1 }]);
  });

  test('a comment at its end, or brackets around it, do no harm', async () => {
    expect((await read(asked('select id from kept -- all of them')))[0]?.ids).toEqual(['1']);
    expect((await read(asked('(select id from kept)')))[0]?.ids).toEqual(['1']);
    expect((await read(asked('table kept')))[0]?.ids).toEqual(['1']);
  });
});

test('what the login may not read is named', async () => {
  await run(`create role ${stranger} login password 'stranger-pass'`);
  const target = new URL(url);
  target.username = stranger;
  target.password = 'stranger-pass';
  const place = { secret: () => Promise.resolve(target.href) };
  expect(await failureOf(read(asked('select * from kept'), null, place))).toMatchObject({
    code: 'invalid_data',
    path: 'source.query',
    message: 'The query of the source is not permitted by its server: permission denied for table kept.',
    hint: 'Grant SELECT on it to the login of the secret.',
  });
});

test('a failure on a row tells its kind and none of its cells', async () => {
  const refusal = await refusalOf(`select ('cell-of-a-row' || id)::int4 as a from kept`);
  expect(refusal).toMatchObject({ code: 'invalid_data', path: 'source.query' });
  expect(String(refusal)).toContain('22P02');
  expect(String(refusal)).not.toContain('cell-of-a-row');
});

test('a query that takes too long is ended by the server, also where it lifts the limit itself', async () => {
  const limit = { timeoutMs: 1_000 };
  expect(await refusalOf('select pg_sleep(20)::text as a', limit)).toMatchObject({
    code: 'timeout',
    path: 'source.timeoutMs',
    message: 'The query of the source took longer than 1 s.',
  });
  const lifting = `select set_config('statement_timeout', '0', false) as a, pg_sleep(20)::text as b`;
  expect(await refusalOf(lifting, limit)).toMatchObject({ code: 'timeout' });
});

test('a table that somebody else has locked is waited for no longer than a lock may take', async () => {
  await run('begin');
  await run('lock table kept in access exclusive mode');
  try {
    expect(await refusalOf('select id from kept', { timeoutMs: 2_000 })).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('holds locks'),
    });
  } finally {
    await run('rollback');
  }
});

test('a server that goes in the middle of the rows ends the attempt, and the next one reads them', async () => {
  const slow = `select i as id, pg_sleep(0.01)::text as waited from generate_series(1, 2000) i`;
  const reading = refusalOf(slow);
  const ended = async () => {
    const { rows } = await client.query<{ readonly ended: boolean }>(
      `select pg_terminate_backend(pid) as ended from pg_stat_activity
        where application_name = 'perennial-source' and query like 'copy%' and datname = current_database()`,
    );
    return rows.some((row) => row.ended);
  };
  await until('the rows are being copied', ended);
  expect(await reading).toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('ended the connection'),
  });
  expect((await read(asked('select id from kept')))[0]?.ids).toEqual(['1']);
});

describe('a secret that leads nowhere tells nothing of itself', () => {
  const other = (change: (target: URL) => void): string => {
    const target = new URL(url);
    target.username = 'someone-known';
    target.password = password;
    change(target);
    return target.href;
  };
  const failure = async (secret: string, place: Partial<SourcePlace> = {}) => {
    const error = await failureOf(
      sourceOf(asked('select 1'), { secret: () => Promise.resolve(secret), ...place }).identify(),
    );
    expect(error).toBeInstanceOf(PerennialError);
    const { message, hint, cause, stack, path } = error as PerennialError;
    expect(cause, 'a cause would be logged').toBeUndefined();
    for (const part of ['hunter2', 'someone-known', '127.0.0.1', 'localhost', url])
      expect([message, hint, stack?.split('\n')[0]].join(' ')).not.toContain(part);
    expect(path).toBe('source.secret');
    return `${message} ${hint}`;
  };

  test.each([
    ['a wrong login', () => undefined, 'is not let in by its server'],
    ['another database', (target: URL) => void (target.pathname = '/no_such_place'), /is not let in|does not have/],
    ['an unknown sslmode', (target: URL) => void (target.search = '?sslmode=maybe'), 'unknown sslmode'],
    ['another parameter', (target: URL) => void (target.search = '?host=/tmp'), 'a parameter that is not sslmode'],
    ['TLS that is not there', (target: URL) => void (target.search = '?sslmode=require'), 'asks for TLS'],
    ['no user', (target: URL) => void (target.username = ''), 'without a user'],
    ['no database', (target: URL) => void (target.pathname = '/'), 'without a database'],
  ])('%s', async (_, change, words) => {
    expect(await failure(other(change))).toMatch(words);
  });

  test.each([
    ['no URL', `${password} no url`, 'holds no URL'],
    ['another protocol', `mysql://someone-known:${password}@db/x`, 'holds no URL'],
    ['a stray percent', `postgres://someone-known:hunter2%zz@127.0.0.1/x`, 'encodes nothing'],
    ['an unknown host', `postgres://someone-known:${password}@no-such-host.invalid/x`, 'cannot be found|be reached'],
  ])('%s', async (_, secret, words) => {
    expect(await failure(secret)).toMatch(new RegExp(words));
  });

  test('a port where nobody listens, and one that never answers', async () => {
    const silent = createServer((socket) => socket.resume());
    const port = await new Promise<number>((resolve) => {
      silent.listen(0, '127.0.0.1', () => {
        const address = silent.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    const place = { privateHosts: [`127.0.0.1:${port}`] };
    const target = `postgres://someone-known:${password}@127.0.0.1:${port}/x`;
    expect(await failure(target, place)).toContain('did not answer in time');
    await new Promise((resolve) => silent.close(resolve));
    expect(await failure(target, place)).toContain('refuses connections');
  });

  test.each(['127.0.0.1', 'localhost', '[::1]', '10.1.2.3', '169.254.169.254'])(
    'the private address %s is not tried unless it is listed',
    async (name) => {
      const target = `postgres://someone-known:${password}@${name}:5432/x`;
      expect(await failure(target, { privateHosts: [] })).toContain('PERENNIAL_SOURCE_PRIVATE_HOSTS');
    },
  );

  test('a database of Perennial is read only where it is listed itself', async () => {
    const own = await createTestDatabase();
    try {
      const name = new URL(own.url).pathname;
      const place = { secret: () => Promise.resolve(own.url) };
      const error = await failureOf(read(asked('select 1 as id'), null, place));
      expect(error).toMatchObject({ path: 'source.secret', message: expect.stringContaining('of Perennial') });
      const listed = { ...place, privateHosts: [`${host}${name}`] };
      expect((await read(asked('select 1 as id'), null, listed))[0]?.ids).toEqual(['1']);
    } finally {
      await own.drop();
    }
  });

  test('a process that is given no secrets says so', async () => {
    expect(await failureOf(connectSource(asked('select 1'), { roots: [] }).identify())).toMatchObject({
      code: 'invalid_data',
      message: 'This process is given no secrets, so not "shop".',
    });
  });
});

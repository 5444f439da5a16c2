import { beforeAll, expect, test } from 'vitest';
import { failureOf, openForeignRows } from '../../../tests/worlds/foreign-rows.ts';
import type { PostgresSource } from '../../domain/spec/source-spec.ts';
import { declareSource, describeSource } from '../registry.ts';

const { run, read, sourceOf } = await openForeignRows();

const whole = (query: string, more: Partial<PostgresSource> = {}): PostgresSource => ({
  kind: 'postgres',
  secret: 'shop',
  query,
  ...more,
});

beforeAll(async () => {
  await run(`create domain cents as numeric(20, 4) check (value >= 0)`);
  await run(`create type mood as enum ('good', 'bad')`);
  await run(`set timezone = 'Asia/Kolkata'`);
});

test.each([
  ['9007199254740993::int8', '9007199254740993'],
  ['12345678901234567890.12345678901234567890::numeric', '12345678901234567890.12345678901234567890'],
  ['1.50::numeric', '1.50'],
  ['7.2500::cents', '7.2500'],
  ['0.1::float8', '0.1'],
  ['0.1::float4', '0.1'],
  ['1e300::float8', '1e+300'],
  [`'infinity'::float8`, 'Infinity'],
  ['true', 'true'],
  [`'2026-03-29 03:04:05.000006+02'::timestamptz`, '2026-03-29T01:04:05.000006Z'],
  [`'infinity'::timestamptz`, 'infinity'],
  [`'0044-03-15 BC'::timestamptz`, '0044-03-15 00:00:00+00 BC'],
  [`'2026-03-29 03:04:05'::timestamp`, '2026-03-29T03:04:05.000000'],
  [`'2026-03-29'::date`, '2026-03-29'],
  [`interval '1 day 2 hours'`, '1 day 02:00:00'],
  [`'{"a": [1, "x"]}'::json`, '{"a": [1, "x"]}'],
  [`'{"a":1}'::jsonb`, '{"a": 1}'],
  [`'good'::mood`, 'good'],
  [`'007'::text`, '007'],
  [`'  NA '::text`, '  NA '],
  [`'x'::char(3)`, 'x'],
  [`e'a"b\\\\c\\nd\\te\\u0001f\\u0002\\u2028ü😀'`, 'a"b\\c\nd\te\u0001f\u0002\u2028ü😀'],
  [`'\\.'`, '\\.'],
  [`''`, ''],
  ['null::text', null],
])('%s comes as it is', async (sql, cell) => {
  const [batch] = await read(whole(`select ${sql} as cell, 'x' as other`));
  expect(batch?.rows).toEqual([{ cell, other: 'x' }]);
});

test.each([
  [`array[1, 2]`, 'an array (integer[])'],
  [`'\\x00'::bytea`, 'bytes'],
  [`'1'::money`, 'money'],
  [`row(1, 2)`, 'a record'],
  [`int4range(1, 2)`, 'a range'],
])('%s is refused with what to do instead', async (sql, word) => {
  expect(await failureOf(read(whole(`select ${sql} as cell`)))).toMatchObject({
    code: 'invalid_data',
    path: 'source.query',
    message: expect.stringContaining(word.split(' (')[0] ?? ''),
    hint: expect.stringContaining('Leave it out'),
  });
});

test('columns keep their order and their names, however they are called', async () => {
  const [batch] = await read(whole(`select 1 as "b ""c""", 2 as "A", 3 as "__proto__", 4 as "ü"`));
  expect(JSON.stringify(batch?.rows)).toBe('[{"b \\"c\\"":"1","A":"2","__proto__":"3","ü":"4"}]');
  expect(await failureOf(read(whole('select 1 as a, 2 as a')))).toMatchObject({ path: 'source.query' });
});

test('more columns than one call of a function takes', async () => {
  const names = Array.from({ length: 300 }, (_, at) => `${at} as c${at}`);
  const [batch] = await read(whole(`select ${names.join(', ')}`));
  expect(Object.keys(batch?.rows[0] ?? {})).toHaveLength(300);
});

test('without a cursor it is read whole, and named by what came', async () => {
  await run('create table stock (id int4, pieces int4)');
  const spec = whole('select * from stock order by id');
  expect(await read(spec)).toEqual([]);
  await run('insert into stock values (1, 5), (2, 7)');
  const [batch] = await read(spec);
  expect(batch).toMatchObject({ ids: ['1', '2'], covers: 'whole' });
  expect((await sourceOf(spec).identify()).digest).toBe(batch?.digest);
  expect(await read(spec, batch?.next)).toEqual([]);
  expect(await sourceOf(spec).lag(null)).toBeNull();
  await run('update stock set pieces = 6 where id = 1');
  expect((await read(spec, batch?.next))[0]?.rows).toEqual([
    { id: '1', pieces: '6' },
    { id: '2', pieces: '7' },
  ]);
});

test('a declared version says whether there is something new, and nothing is read while it stays', async () => {
  await run('create table priced (id int4, revision int4)');
  await run('insert into priced values (1, 1)');
  const spec = whole('select id from priced order by id', { version: 'select max(revision) from priced' });
  const [batch] = await read(spec);
  expect((await sourceOf(spec).identify()).digest).toBe(batch?.digest);
  await run('insert into priced values (2, 1)');
  expect(await read(spec, batch?.next)).toEqual([]);
  await run('insert into priced values (3, 2)');
  expect((await read(spec, batch?.next))[0]?.ids).toEqual(['1', '2', '3']);
  for (const version of [
    'select 1 as a, 2 as b',
    'select revision from priced',
    'select null::int4',
    'select 1 where false',
  ])
    expect(await failureOf(read({ ...spec, version }))).toMatchObject({
      message: expect.stringContaining('one value'),
    });
});

test('it is described by its secret and declared by its word', () => {
  const spec = whole('select 1', { cursor: { column: 'a', tieBreaker: 'b' }, traffic: 'ignore' });
  const { kind: _, ...declared } = spec;
  expect(describeSource(spec)).toBe('Postgres (secret shop)');
  expect(declareSource(spec)).toEqual({ word: 'postgres', args: [declared] });
});

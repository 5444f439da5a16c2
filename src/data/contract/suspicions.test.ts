import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { footerNumber, forge } from '../../../tests/worlds/forge-footer.ts';
import { rowRules } from '../../domain/contract/row-rules.ts';
import { completeSpec } from '../../domain/spec/default-spec.ts';
import { withDuck } from '../duck/connect.ts';
import { identifier, literal } from '../duck/sql.ts';
import { withTable } from '../read/open-table.ts';
import { baseOf } from '../read/read-lossless.ts';
import { anyBrokenSql } from './any-broken.ts';
import { checkRows } from './check-rows.ts';
import { typedRows } from './checked-columns.ts';
import { conditionSql } from './condition-sql.ts';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'perennial-suspicions-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

const spec = completeSpec({
  name: 'suspected',
  about: { owner: 'x', useCase: 'x', successCriterion: 'x' },
  source: { kind: 'file', path: 'x', format: 'parquet' },
  features: [
    { kind: 'number', name: 'even', missing: 'allow', min: -10, max: 10 },
    { kind: 'number', name: 'skew', missing: 'refuse', min: 0, max: 10 },
    { kind: 'number', name: 'open', missing: 'allow', min: 0 },
    { kind: 'category', name: 'word', missing: 'allow', values: ['a', ' b', 'NA', '1.0'] },
    { kind: 'category', name: 'code', missing: 'refuse', values: ['1', '2'] },
  ],
  contract: {
    rules: [{ rule: 'compare', id: 'small', left: 'even', op: '<=', right: { value: 7 }, severity: 'warn' }],
  },
  eventTime: { column: 'at' },
  target: { task: 'binary', column: 'won', positive: 'yes', negative: '1', labelDelay: { rows: 0 } },
});

const doublesOf = (texts: string): string =>
  `CAST([NULL, ${texts
    .split(' ')
    .map((text) => literal(text))
    .join(', ')}] AS DOUBLE[])`;
const doubles = doublesOf('nan inf -inf 0 -0.0 7 7.5 10 10.000001 -10 -11 1e300');
const times = doublesOf('nan inf 0 1.7e12 253370764800000 7258118400000 9e15 -6e12');
const words = `[NULL, 'a', ' a', 'b', ' b', 'NA', 'na', 'null', '', 'x', '1.0', '1', '2']`;
const labels = `[NULL, 'yes', ' yes', '1', '1.0', '01', 'NA', '', 'no']`;
const drawn = { even: doubles, skew: doubles, open: doubles, word: words, code: words, at: times, won: labels };

/** Rows whose cells are drawn from these lists, most of them the one that breaks nothing. */
async function fileOf(name: string, lists: Readonly<Record<string, string>>): Promise<string> {
  const path = join(folder, name);
  const good: Readonly<Record<string, string>> = {
    word: `'a'`,
    code: `'1'`,
    at: 'CAST(1.7e12 AS DOUBLE)',
    won: `'yes'`,
  };
  const cells = Object.entries(lists).map(
    ([column, list]) =>
      `CASE WHEN random() < 0.2 THEN list_extract(${list}, 1 + CAST(floor(random() * len(${list})) AS BIGINT))
        ELSE ${good[column] ?? 'CAST(5 AS DOUBLE)'} END AS ${identifier(column)}`,
  );
  await withDuck({}, async (duck) => {
    await duck.run('SELECT setseed(0.91)');
    await duck.run(`COPY (SELECT ${cells.join(', ')} FROM range(20000)) TO ${literal(path)} (FORMAT parquet)`);
  });
  return path;
}

test('what is asked of all rows at once finds the rows that each rule by itself finds', async () => {
  const found = await withTable(await fileOf('drawn.parquet', drawn), {}, async (table, duck) => {
    const { columns, sql } = typedRows(table, spec, baseOf(table));
    const rules = rowRules(spec, { unlabelled: 'refuse' });
    const each = rules.map(({ broken }) => `coalesce(${conditionSql(broken, columns)}, false)`);
    expect(columns.filter(({ known }) => known !== null)).toHaveLength(3);
    expect(columns.filter(({ comparable }) => comparable !== null)).toHaveLength(3);
    return duck.rows(`SELECT one, each, CAST(count(*) AS DOUBLE) AS rows FROM (SELECT
        coalesce(${anyBrokenSql(rules, columns)}, false) AS one, ${each.join(' OR ')} AS each FROM (${sql}))
        GROUP BY ALL`);
  });
  expect(found.filter(({ one, each }) => one !== each)).toEqual([]);
  expect(found).toHaveLength(2);
});

test('a footer that says other than the cells hides no row that breaks a rule', async () => {
  const far = 'CAST([5, 8888.25] AS DOUBLE[])';
  const path = await fileOf('lying.parquet', { ...drawn, even: far, skew: far });
  const bytesOf = (value: number): Buffer => Buffer.from(Float64Array.of(value).buffer);
  const places = await forge(path, bytesOf(8888.25), bytesOf(6.5));
  expect(places).toBeGreaterThan(1);
  const [ids, cells] = await withTable(path, {}, async (table, duck) => {
    const countOf = async (sql: string): Promise<number> => Number((await duck.rows(sql))[0]?.['rows'] ?? 0);
    await checkRows(duck, table, spec, { unlabelled: 'refuse' });
    return [
      await countOf(`SELECT count(*) AS rows FROM checked WHERE list_has_all(ids, ['even.range', 'skew.range'])`),
      await countOf('SELECT count(*) AS rows FROM checked WHERE v0 = 8888.25 AND v1 = 8888.25'),
    ];
  });
  expect(ids).toBeGreaterThan(0);
  expect(ids).toBe(cells);
});

test.each([
  ['BIGINT', 8],
  ['INTEGER', 4],
])('nor one that says other than whole numbers (%s) and missing cells', async (type, bytes) => {
  const path = join(folder, `${type}.parquet`);
  await withDuck({}, (duck) =>
    duck.run(`COPY (SELECT CAST(CASE range % 100 WHEN 7 THEN 88881 ELSE 5 END AS ${type}) AS skew,
      CASE WHEN range % 20 < 10 THEN '1' END AS code, 'a' AS word, 5 AS even, 5 AS open, 1700000000000 AS at,
      'yes' AS won FROM range(2000)) TO ${literal(path)} (FORMAT parquet)`),
  );
  expect(await forge(path, footerNumber(88_881, bytes), footerNumber(6, bytes))).toBeGreaterThan(0);
  // So many cells of `code` are missing, as the footer writes numbers: 1,000, and 0.
  expect(await forge(path, Buffer.from([0xd0, 0x0f]), Buffer.from([0x80, 0x00]))).toBeGreaterThan(0);
  const found = await withTable(path, {}, async (table, duck) => {
    await checkRows(duck, table, spec, { unlabelled: 'refuse' });
    const [row] = await duck.rows(`SELECT CAST(count(*) FILTER (WHERE list_contains(ids, 'skew.range')) AS DOUBLE)
        AS far, CAST(count(*) FILTER (WHERE list_contains(ids, 'code.missing')) AS DOUBLE) AS missing FROM checked`);
    return row;
  });
  expect(found).toEqual({ far: 20, missing: 1_000 });
});

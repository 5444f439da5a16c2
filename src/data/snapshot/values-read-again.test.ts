import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { completeSpec } from '../../domain/spec/default-spec.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import { keptValues } from '../contract/kept-values.ts';
import { validateTable } from '../contract/validate.ts';
import { withDuck } from '../duck/connect.ts';
import { literal } from '../duck/sql.ts';
import { withTable } from '../read/open-table.ts';
import { writeAccepted } from './write-accepted.ts';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'perennial-again-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

const spec = (more: Partial<ModelSpec> = {}): ModelSpec => ({
  ...completeSpec({
    name: 'again',
    about: { owner: 'x', useCase: 'x', successCriterion: 'x' },
    source: { kind: 'file', path: 'x', format: 'parquet' },
    features: [
      { kind: 'number', name: 'amount', missing: 'allow', min: -10, max: 95 },
      { kind: 'category', name: 'word', missing: 'allow', values: ['a', 'b'] },
      { kind: 'boolean', name: 'flag', missing: 'allow' },
      { kind: 'time', name: 'seen', missing: 'allow' },
    ],
    contract: {
      quarantineShareMax: 0.9,
      rules: [
        { rule: 'compare', id: 'small', left: 'amount', op: '<=', right: { value: 50 }, severity: 'warn' },
        { rule: 'unique', id: 'once', columns: ['id'], severity: 'quarantine' },
        { rule: 'missingShare', id: 'full', column: 'amount', shareMax: 0.01, severity: 'warn' },
        { rule: 'freshness', id: 'fresh', column: 'at', ageMsMax: 1, severity: 'warn' },
      ],
    },
    entity: { column: 'id' },
    eventTime: { column: 'at' },
    target: { task: 'binary', column: 'won', positive: 'yes', negative: 'no', labelDelay: { rows: 0 } },
  }),
  ...more,
});

/** 5,000 rows of which each draws its cells by its number; `at` and `broken` are SQL of `i`. */
async function fileOf(name: string, at: string, broken: string): Promise<string> {
  const path = join(folder, `${name}.parquet`);
  const drawn = (place: number): string => `CAST(hash(i, ${place}) % 100 AS DOUBLE)`;
  await withDuck({ threads: 1 }, (duck) =>
    duck.run(`COPY (SELECT ${at} AS "at", CAST(CASE WHEN ${broken} THEN i // 2 ELSE i END AS VARCHAR) AS id,
      CASE WHEN ${drawn(1)} < 5 THEN NULL WHEN ${broken} THEN 'nan' ELSE least(90, ${drawn(2)}) + 0.25 END AS amount,
      CASE WHEN ${broken} AND i % 3 = 0 THEN 'x' WHEN i % 2 = 0 THEN 'a' ELSE 'b' END AS word,
      i % 5 = 0 AS flag, TIMESTAMP '2026-01-01' + INTERVAL (i) SECOND AS seen,
      CASE WHEN ${drawn(3)} < 30 THEN 'yes' ELSE 'no' END AS won FROM range(5000) AS t (i))
      TO ${literal(path)} (FORMAT parquet, ROW_GROUP_SIZE 2048)`),
  );
  return path;
}

const early = `TIMESTAMP '2026-01-01' + INTERVAL (i) SECOND`;
const cases = [
  { name: 'in order', at: early, broken: 'false' },
  { name: 'in order with broken rows', at: early, broken: 'hash(i) % 10 < 3' },
  { name: 'out of order', at: `TIMESTAMP '2026-01-01' + INTERVAL (hash(i) % 900) SECOND`, broken: 'hash(i) % 10 < 3' },
  { name: 'without a time here and there', at: `CASE WHEN i % 7 > 0 THEN ${early} END`, broken: 'i % 50 = 0' },
  { name: 'seconds since 1970', at: 'CAST(1700000000 + i AS DOUBLE)', broken: 'i % 50 = 0' },
  { name: 'counters', at: '5000 - i', broken: 'i % 50 = 0' },
  { name: 'no time at all', at: 'CAST(NULL AS TIMESTAMP)', broken: 'i % 50 = 0' },
];

test.each([...cases, { ...cases[2], name: 'the first rows', rowsMax: 3_000 }])(
  'rows whose values are read again are those whose values were kept: $name',
  async ({ name, at = early, broken = 'false', ...rest }) => {
    const path = await fileOf(name, at, broken);
    const rowsMax = 'rowsMax' in rest ? rest.rowsMax : null;
    const written = (isKept: boolean) =>
      withTable(path, { rowsMax }, (table) =>
        withDuck({ threads: 1 }, async (duck) => {
          const kept = isKept ? null : keptValues(table, spec(), undefined);
          const { checked, ...report } = await validateTable(duck, table, spec(), {
            unlabelled: 'refuse',
            nowMs: 0,
            kept,
          });
          expect(checked.valuesSql === null).toBe(isKept);
          const out = join(folder, `${name}-${isKept}.out`);
          const said = await writeAccepted(duck, spec(), checked, out, 7);
          const rows = await duck.rows(`SELECT * FROM read_parquet(${literal(out)})`);
          return { report, said, rows };
        }),
      );
    const again = await written(false);
    expect(again.report.quarantined > 0).toBe(broken !== 'false');
    expect(again.rows).toHaveLength(again.report.accepted);
    expect(again).toEqual(await written(true));
  },
);

test('all values are kept of a text, of repaired rows and of those that were thinned by an erasure', () => {
  const excluded = { columns: ['id'], key: 'k', hashes: [] };
  expect(keptValues({ format: 'csv' }, spec(), undefined)).toBeNull();
  expect(keptValues({ format: 'parquet' }, spec(), excluded)).toBeNull();
  expect(
    keptValues({ format: 'parquet' }, spec({ repairs: [{ repair: 'trim', column: 'word' }] }), undefined),
  ).toBeNull();
  expect([...(keptValues({ format: 'parquet' }, spec(), undefined) ?? [])].sort()).toEqual([
    'amount',
    'at',
    'id',
    'seen',
    'won',
  ]);
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { footerNumber, forge } from '../../../tests/worlds/forge-footer.ts';
import { checkFile } from '../contract/check-file.ts';
import { withDuck } from '../duck/connect.ts';
import { literal } from '../duck/sql.ts';
import { inferContract } from '../infer/contract/infer-contract.ts';
import { sortTable } from './sort-table.ts';

let folder: string;
let path: string;

/** 2,000 rows of which 20 hold -88,881 and 1,000 have no code; the footer says at least 5, and that none is missing. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-footer-'));
  path = join(folder, 'lying.parquet');
  await withDuck({}, (duck) =>
    duck.run(`COPY (SELECT CAST(CASE range % 100 WHEN 7 THEN -88881 ELSE 5 + range % 2 END AS BIGINT) AS amount,
      CASE WHEN range % 20 < 10 THEN 'c' || range % 3 END AS code, 2000 - range AS place,
      CASE range % 3 WHEN 0 THEN 'yes' ELSE 'no' END AS won FROM range(2000)) TO ${literal(path)} (FORMAT parquet)`),
  );
  expect(await forge(path, footerNumber(-88_881, 8), footerNumber(5, 8))).toBeGreaterThan(0);
  // So many codes are missing, as the footer writes numbers: 1,000, and 0.
  expect(await forge(path, Buffer.from([0xd0, 0x0f]), Buffer.from([0x80, 0x00]))).toBeGreaterThan(0);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('rows that are sorted keep their cells', async () => {
  const sorted = join(folder, 'sorted.parquet');
  await sortTable(path, 'place', sorted);
  const found = await withDuck({}, (duck) =>
    duck.rows(`SELECT CAST(amount AS DOUBLE) AS amount, CAST(count(*) AS DOUBLE) AS rows, CAST(min(place) AS DOUBLE)
      AS earliest, CAST(count(code) AS DOUBLE) AS codes FROM read_parquet(${literal(sorted)})
      GROUP BY amount ORDER BY amount`),
  );
  expect(found).toEqual([
    { amount: -88_881, rows: 20, earliest: 93, codes: 20 },
    { amount: 5, rows: 1_000, earliest: 2, codes: 500 },
    { amount: 6, rows: 980, earliest: 1, codes: 480 },
  ]);
});

test('a contract that is read off the rows is one that they keep, and what breaks a bound is found', async () => {
  const { spec } = await inferContract({ path, target: 'won' });
  expect(spec.features).toMatchObject([{ name: 'amount' }, { name: 'code', missing: 'allow' }, { name: 'place' }]);
  const check = (features: typeof spec.features) =>
    checkFile({ path, spec: { ...spec, features }, unlabelled: 'refuse' });
  expect(await check(spec.features)).toMatchObject({ rows: 2_000, accepted: 2_000 });
  const bounded = spec.features.map((feature) => (feature.name === 'amount' ? { ...feature, min: 0 } : feature));
  expect(await check(bounded)).toMatchObject({
    accepted: 1_980,
    rules: [{ ruleId: 'amount.range', rows: 20, examples: expect.any(Array) }],
  });
});

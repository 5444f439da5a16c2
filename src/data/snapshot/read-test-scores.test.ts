import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { judgedRowsMax } from '../../domain/spec/split/check-split.ts';
import { withDuck } from '../duck/connect.ts';
import { pathLiteral } from '../duck/sql.ts';
import { readTestScores } from './read-test-scores.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-scores-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function written(name: string, more: string, rows = 3): Promise<string> {
  const file = path.join(folder, name);
  const columns = `i::BIGINT AS _order, 1.0 AS label, [0.4, 0.6] AS candidate, NULL::DOUBLE[] AS champion${more}`;
  await withDuck({ threads: 1, memoryMb: 128 }, (duck) =>
    duck.rows(
      `COPY (SELECT ${columns}, NULL::DOUBLE AS "gainYes", NULL::DOUBLE AS "gainNo" FROM range(${rows}) t(i)) ` +
        `TO ${pathLiteral(file)} (FORMAT parquet)`,
    ),
  );
  return file;
}

test('scores of the baselines that were asked for, and no others', async () => {
  const file = await written('now.parquet', `, [0.5, 0.5] AS prior, [0.3, 0.7] AS linear`);
  const { baselines, champion, order } = await readTestScores(file, ['prior']);
  expect(baselines).toEqual({
    prior: [
      [0.5, 0.5],
      [0.5, 0.5],
      [0.5, 0.5],
    ],
  });
  expect({ champion, order }).toEqual({ champion: null, order: [0, 1, 2] });
});

test('a file of an earlier release has none, and is read all the same', async () => {
  const { baselines, candidate } = await readTestScores(await written('earlier.parquet', ''), ['prior', 'linear']);
  expect(baselines).toEqual({});
  expect(candidate).toHaveLength(3);
});

test('of more rows than a gate reads the youngest are read, in their order', async () => {
  const { order } = await readTestScores(await written('long.parquet', '', judgedRowsMax + 5), []);
  expect(order).toHaveLength(judgedRowsMax);
  expect([order[0], order.at(-1)]).toEqual([5, judgedRowsMax + 4]);
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withDuck } from '../../src/data/duck/connect.ts';
import { literal } from '../../src/data/duck/sql.ts';
import { planView } from '../../src/views/online/plan-view.ts';
import { viewOf } from '../../tests/worlds/a-view.ts';
import { rowsOf } from './view-rows-of.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'view-rows-of-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a row that the store cannot hold names no entity, wherever its U+0000 stands', async () => {
  const view = viewOf('cards', {
    rowId: 'id',
    features: [
      { name: 'shops', kind: 'number', aggregate: 'distinct', column: 'shop', over: null, windowMs: 86_400_000 },
    ],
  });
  const file = path.join(folder, 'rows.parquet');
  const found: (string | null)[] = [];
  await withDuck({ threads: 1, memoryMb: 256, tempDir: folder }, async (duck) => {
    await duck.run(`COPY (SELECT card, id, shop, CAST(0 AS BIGINT) AS "at", CAST(_order AS BIGINT) AS _order
      FROM (VALUES
      ('a', '1', 'x', 0), ('a' || chr(0), '2', 'x', 1), ('a', '3' || chr(0), 'x', 2), ('a', '4', 'x' || chr(0), 3))
      AS rows (card, id, shop, _order)) TO ${literal(file)} (FORMAT parquet)`);
    const files = [{ path: file, receivedMs: null, isJoined: false, throughSeq: null }];
    for await (const chunk of rowsOf(duck, planView(view), files, -1)) found.push(...chunk.map(({ entity }) => entity));
  });
  expect(found).toEqual(['["a"]', null, null, null]);
});

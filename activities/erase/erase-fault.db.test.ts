import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withTransaction } from '../../src/db/base/connect.ts';
import { putTombstone, stillNeeded, tombstonesOf } from '../../src/db/erasure/tombstones.ts';
import { storeView } from '../../src/db/feature-views/store-view.ts';
import { PerennialError } from '../../src/domain/words/errors.ts';
import { viewOf } from '../../tests/worlds/a-view.ts';
import { askErasure, runErasure } from '../../tests/worlds/erasure-world.ts';
import { ingestText } from '../../tests/worlds/quarantined-world.ts';
import { createServingWorld, silentLog, type ServingWorld } from '../../tests/worlds/serving-world.ts';

let world: ServingWorld;
let folder: string;
beforeAll(async () => {
  world = await createServingWorld();
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-fault-'));
});
afterAll(async () => {
  await world.close();
  await rm(folder, { recursive: true });
});

const deps = () => ({
  database: world.database,
  store: world.artifacts,
  workDir: path.join(folder, 'work'),
  trainDir: path.join(folder, 'train'),
  log: silentLog as never,
});
const run = async (text: string, values: readonly unknown[] = []) =>
  (await world.database.pool.query<Record<string, unknown>>(text, [...values])).rows;
const text = 'card,at,amount,merchant,night,label\nann,1,5,shop,true,fine\nbob,2,6,shop,false,fraud\n';

test('a damaged file of one owner is told of, and keeps nothing of the next one', async () => {
  const place = { store: world.artifacts, folder };
  const { manifest, digest } = await ingestText(world.database, place, { model: 'fraud', text });
  await withTransaction(world.database, (tx) => storeView(tx, viewOf('later'), 'ana'));
  await run("insert into online_view (view, digest) values ('later', 'd')");
  await run(`insert into online_entity (view, digest, generation, entity, numbers, texts, waiting)
    values ('later', 'd', 1, '["ann"]', '{}', '{ann}', '[]')`);
  let isDamaged = true;
  const store = {
    ...world.artifacts,
    checkedPathOf: async (asked: string) => {
      if (isDamaged && asked === manifest.files[0]?.sha256)
        throw new PerennialError('artifact_corrupt', `${asked} is damaged`, { path: asked });
      return world.artifacts.checkedPathOf(asked);
    },
  };
  const erasureId = await askErasure(deps(), { scope: 'all', name: '*', entity: 'ann' });
  await expect(runErasure({ ...deps(), store }, erasureId)).rejects.toThrow('is damaged');
  expect(await run("select 1 from online_entity where view = 'later'")).toEqual([]);
  expect(await run('select model, kind, closed_at from alert')).toEqual([
    { model: 'fraud', kind: 'task-failed', closed_at: null },
  ]);
  // Mended, it goes to its end.
  isDamaged = false;
  expect((await runErasure({ ...deps(), store }, erasureId)).status).toBe('done');
  expect((await run('select rows::int as rows from snapshot where digest = $1', [digest]))[0]).toEqual({ rows: 1 });
});

test('a key column that the view has no more takes no row by another one', async () => {
  await run(`insert into online_entity (view, digest, generation, entity, numbers, texts, waiting)
    values ('later', 'd', 1, '["bob"]', '{}', '{bob}', '[]')`);
  await runErasure(
    deps(),
    await askErasure(deps(), { scope: 'view', name: 'later', entity: 'bob', column: 'was-once' }),
  );
  expect(await run("select entity from online_entity where view = 'later'")).toEqual([{ entity: '["bob"]' }]);
});

test('rows of a file that stands in several snapshots are added up once for each erasure', async () => {
  const { db } = world.database;
  const [one, two] = [await askErasure(deps(), { entity: 'x' }), await askErasure(deps(), { entity: 'y' })];
  const put = (erasureId: string, replacedBy: string | null, rows: number) =>
    putTombstone(db, { digest: 'file', what: 'rows', owner: 'fraud', replacedBy, erasureId, rows });
  const rows = async () => (await tombstonesOf(db, ['file'])).get('file')?.rows;
  await put(one, 'a', 3);
  await put(one, 'a', 3);
  expect(await rows()).toBe(3);
  await put(two, 'b', 2);
  await put(two, 'b', 2);
  expect(await rows()).toBe(5);
});

test('pushed rows go by the column that an earlier definition named', async () => {
  await run(
    `insert into spec_revision (model, revision, digest, spec, actor)
      select model, 99, 'd99', jsonb_set(spec, '{entity}', 'null'), 'ana' from spec_revision
      where model = 'fraud' order by revision limit 1`,
  );
  await run("update model set spec_revision = 99 where name = 'fraud'");
  const lines = '{"card":"ann","at":1}\n{"card":"bob","at":2}\n';
  await run("insert into push_stream values ('fraud', 2, now())");
  await run("insert into pushed_batch (model, last_row, rows, bytes, body) values ('fraud', 2, 2, 9, $1)", [
    gzipSync(lines),
  ]);
  expect((await runErasure(deps(), await askErasure(deps(), { entity: 'ann' }))).status).toBe('done');
  const [batch] = await run('select body from pushed_batch');
  expect(gunzipSync(batch?.['body'] as Buffer).toString()).toBe('\n{"card":"bob","at":2}\n');
});

test('a log of repaired cells that another snapshot has is needed', async () => {
  const logDigest = 'ab'.repeat(32);
  await run(
    `update snapshot set manifest = jsonb_set(manifest, '{repairs}',
      jsonb_build_object('logDigest', $1::text, 'loggedRows', 1, 'removedRows', 0, 'counts', '[]'::jsonb))`,
    [logDigest],
  );
  expect([...(await stillNeeded(world.database.db, [logDigest, 'cd'.repeat(32)]))]).toEqual([logDigest]);
});

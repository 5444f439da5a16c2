import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyDataset } from '../../src/data/dataset/verify-dataset.ts';
import { withDuck } from '../../src/data/duck/connect.ts';
import { pathLiteral } from '../../src/data/duck/sql.ts';
import { excludedOf } from '../../src/db/erasure/exclusions.ts';
import { tombstonesOf } from '../../src/db/erasure/tombstones.ts';
import { findPredictions } from '../../src/db/traffic/read/find-predictions.ts';
import { createSealedLog } from '../../src/data/sealed/read-sealed.ts';
import { storeView } from '../../src/db/feature-views/store-view.ts';
import { withTransaction } from '../../src/db/base/connect.ts';
import { markedArtifacts } from '../../src/db/retention/artifact-roots.ts';
import type { ArtifactStore } from '../../src/artifacts/artifact-store.ts';
import { PerennialError } from '../../src/domain/words/errors.ts';
import type { SnapshotManifest } from '../../src/domain/training/snapshot.ts';
import { viewOf } from '../../tests/worlds/a-view.ts';
import { askErasure, runErasure } from '../../tests/worlds/erasure-world.ts';
import { keyedHashOf } from '../../tests/worlds/entity-names.ts';
import { filesWith, tablesWith } from '../../tests/worlds/find-marker.ts';
import { ingestText } from '../../tests/worlds/quarantined-world.ts';
import { createServingWorld, silentLog, type ServingWorld } from '../../tests/worlds/serving-world.ts';
import { labelRecord, predictionRecord, proxyRecord } from '../../tests/worlds/spool-records.ts';

/** Stands in every place, as the entity and in what is said of it. */
const marker = 'zebra-4711';
const other = 'horse-1';
const hashes = { gone: keyedHashOf(marker), stays: keyedHashOf(other) };
const names = [{ model: 'fraud', entityHash: hashes.gone }];

let world: ServingWorld;
let folder: string;
let digest: string;
beforeAll(async () => {
  world = await createServingWorld();
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-places-'));
  await world.addVersion(1, [0.75, 0.25]);
  await plant();
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
const history = (card: string) =>
  ['card,at,amount,merchant,night,label', ...rowsOf(card), `${card},3,no number,shop,true,fine`, `"${card},9`].join(
    '\n',
  );
const rowsOf = (card: string) => [
  `${card},1,5,shop,true,fine`,
  `${other},2,6.25,"shop ""x""",false,fraud`,
  `${other},4,7,,true,fine`,
];

async function plant(): Promise<void> {
  const place = { store: world.artifacts, folder };
  digest = (await ingestText(world.database, place, { model: 'fraud', text: history(marker) })).digest;
  await world.sink.store({
    segmentId: 's1',
    processId: 'p',
    records: [
      predictionRecord(`${marker}-p`, { entityHash: hashes.gone, texts: [marker] }),
      predictionRecord('p2', { entityHash: hashes.stays }),
      labelRecord('l1', { predictionId: `${marker}-p` }),
      labelRecord('l2', { predictionId: 'p2' }),
      labelRecord(`${marker}-parked`, { predictionId: null, entityHash: hashes.gone, eventTimeMs: 77 }),
      proxyRecord(`${marker}-p`, 1),
    ],
  });
  await run('insert into view_use (model, prediction_id, uses) values ($1, $2, $3)', ['fraud', `${marker}-p`, '[]']);
  const look = { predictionId: `${marker}-p`, key: [marker], values: {} };
  await run("insert into view_sample (model, view, digest, look) values ('fraud', 'v', 'd', $1)", [look]);
  await run("insert into view_skew values ('fraud', 'v', 1, 1, 0, $1, now())", [look]);
  await run(
    `insert into rollout_entity (model, version, attempt, entity, arm, first_seq)
      values ('fraud', 1, 1, $1, 'champion', 1)`,
    [hashes.gone],
  );
  await run("insert into ab_test_entity values ('fraud', 1, $1, 1, 1, null, null)", [hashes.gone]);
  await run(
    "insert into quarantine_edit (snapshot, line, column_name, value, actor) values ($1, 5, 'merchant', $2, 'ana')",
    [digest, marker],
  );
  await run("insert into quarantine_decision (snapshot, line, decision, actor) values ($1, 5, 'dropped', 'ana')", [
    digest,
  ]);
  const line = (card: string, at: number) => `${JSON.stringify({ card, at, amount: 1, label: 'fine' })}\n`;
  const body = gzipSync(`${line(marker, 1)}${line(other, 2)}`);
  await run("insert into push_stream values ('fraud', 4, now())");
  await run("insert into pushed_batch (model, last_row, rows, bytes, body) values ('fraud', 2, 2, 9, $1)", [body]);
  const file = await world.artifacts.putBytes(gzipSync(`${line(other, 3)}${line(marker, 4)}`));
  await run("insert into pushed_batch (model, last_row, rows, bytes, digest) values ('fraud', 4, 2, 9, $1)", [file]);
  const view = viewOf('cards');
  await withTransaction(world.database, (tx) => storeView(tx, view, 'ana'));
  await run("insert into online_view (view, digest) values ('cards', 'd')");
  for (const card of [marker, other])
    // oxlint-disable-next-line no-await-in-loop -- two rows
    await run(
      `insert into online_entity (view, digest, generation, entity, numbers, texts, waiting)
         values ('cards', 'd', 1, $1, '{}', $2, '[]')`,
      [JSON.stringify([card]), [card]],
    );
  await mkdir(path.join(folder, 'train', 'fraud', '7'), { recursive: true });
  await writeFile(path.join(folder, 'train', 'fraud', '7', 'rows.csv'), marker);
  await run('analyze');
}

/** Does what it is asked, and dies before it can answer: the first time that it gives each answer. */
function dyingStore(): ArtifactStore {
  const given = new Set<string>();
  const dying =
    <In extends readonly unknown[], Out>(name: string, work: (...asked: In) => Promise<Out>) =>
    async (...asked: In): Promise<Out> => {
      const answer = await work(...asked);
      const once = `${name} ${name === 'sweep' ? String(asked[0]) : String(answer)}`;
      if (given.has(once)) return answer;
      given.add(once);
      throw new PerennialError('unavailable', 'killed');
    };
  const { artifacts: store } = world;
  const { putFile, putBytes, sweep } = store;
  return {
    ...store,
    putFile: dying('file', putFile),
    putBytes: dying('bytes', putBytes),
    sweep: dying('sweep', sweep),
  };
}

/** Everything that a person would be found by. The source itself, below `folder`, is not ours. */
async function traces(): Promise<readonly string[]> {
  const files = [
    ...(await filesWith(world.artifactDir, marker)),
    ...(await filesWith(path.join(folder, 'train'), marker)),
  ];
  return [...files, ...(await tablesWith(world.database.pool, marker))];
}

const working = new Set(['erasure_subject', 'erasure_row', 'erasure_count', 'pg_stats']);

test('a dry run counts what would go and changes nothing', async () => {
  const before = await traces();
  expect(before.length).toBeGreaterThan(15);
  const manifests = await run('select digest, manifest from snapshot');
  const done = await runErasure(
    deps(),
    await askErasure(deps(), { scope: 'all', name: '*', entity: marker, names, isDryRun: true }),
  );
  expect(await traces()).toEqual(before);
  expect(await run('select digest, manifest from snapshot')).toEqual(manifests);
  expect(await run('select 1 from erasure_hash')).toEqual([]);
  const counts = new Map(done.report?.counts.map(({ owner, place, rows }) => [`${owner} ${place}`, rows]));
  expect(Object.fromEntries(counts)).toEqual({
    'fraud predictions': 1,
    'fraud labels': 2,
    'fraud proxies': 1,
    'fraud view-uses': 1,
    'fraud samples': 2,
    'fraud assignments': 2,
    'fraud snapshots': 1,
    'fraud quarantine': 2,
    'fraud pushed': 2,
    'fraud training': 1,
    'cards online': 1,
  });
});

test('killed within every step and gone on with, no trace is left, and others are as they were', async () => {
  const before = {
    predictions: await run("select * from prediction where prediction_id = 'p2'"),
    labels: await run("select * from label where label_id = 'l2'"),
    online: await run("select * from online_entity where entity like '%horse%'"),
  };
  const erasureId = await askErasure(deps(), { scope: 'all', name: '*', entity: marker, names });
  let killed = 0;
  const done = await runErasure({ ...deps(), store: dyingStore() }, erasureId, async (one, at) => {
    for (let attempt = 0; attempt < 20; attempt++)
      try {
        // oxlint-disable-next-line no-await-in-loop -- until it survives
        const next = await one();
        // What was done is done once more, as if its answer had been lost.
        return at?.part === 'end' ? next : await one();
      } catch (error) {
        if (!String(error).includes('killed')) throw error;
        killed += 1;
      }
    throw new Error('it never survives');
  });
  expect(killed).toBeGreaterThan(5);
  expect(done.status).toBe('done');
  expect((await traces()).filter((place) => !working.has(place))).toEqual([]);
  expect(await run('select 1 from erasure_subject')).toEqual([]);
  expect(await run('select 1 from erasure_row')).toEqual([]);
  expect(JSON.stringify(await run('select * from audit'))).not.toContain(marker);
  expect(await run("select * from prediction where prediction_id = 'p2'")).toEqual(before.predictions);
  expect(await run("select * from label where label_id = 'l2'")).toEqual(before.labels);
  expect(await run("select * from online_entity where entity like '%horse%'")).toEqual(before.online);
  const [snapshot] = await run('select manifest from snapshot where digest = $1', [digest]);
  const manifest = snapshot?.['manifest'] as SnapshotManifest;
  expect(manifest).toMatchObject({
    rows: 2,
    labelledRows: 2,
    quarantinedRows: 0,
    quarantineDigest: null,
    ruleCounts: [],
  });
  const kept = await withDuck({ threads: 1 }, async (duck) =>
    duck.rows(
      `SELECT card, amount, merchant, _order::INTEGER AS _order
        FROM read_parquet(${pathLiteral(await world.artifacts.pathOf(manifest.files[0]?.sha256 ?? ''))})`,
    ),
  );
  expect(kept).toEqual([
    { card: other, amount: 6.25, merchant: 'shop "x"', _order: 1 },
    { card: other, amount: 7, merchant: null, _order: 2 },
  ]);
  const tombstones = await tombstonesOf(world.database.db, [digest]);
  expect(tombstones.get(digest)).toMatchObject({ what: 'snapshot', owner: 'fraud', rows: 3, erasureId });
  const verified = await verifyDataset(world.artifacts, [{ digest, manifest }], tombstones);
  expect(verified).toMatchObject({ wrongManifests: [], erased: [digest], files: [{ state: 'whole' }] });
  // The digests of what was are marked by nothing, and what stands for them is.
  const marks = await markedArtifacts(world.database.db);
  expect([marks.has(digest), marks.has(tombstones.get(digest)?.replacedBy ?? '')]).toEqual([false, true]);
  // Rows keep their places: a cursor goes on to fit.
  const batches = await run('select last_row::int as last, rows from pushed_batch order by 1');
  expect(batches).toEqual([
    { last: 2, rows: 2 },
    { last: 4, rows: 2 },
  ]);
});

test('a segment that comes later brings nothing back, and what is answered after the erasure is new', async () => {
  const at = (requestedAtMs: number, id: string) =>
    predictionRecord(id, { entityHash: hashes.gone, requestedAtMs, texts: [marker] });
  await world.sink.store({
    segmentId: 's2',
    processId: 'p',
    records: [
      at(1_777_000_000_123, 'late'),
      labelRecord('late', { predictionId: 'late' }),
      at(Date.now() + 60_000, 'new'),
    ],
  });
  const found = await findPredictions(
    world.database.db,
    createSealedLog(world.artifacts),
    'fraud',
    { entityHashes: [hashes.gone] },
    10,
  );
  expect(found.map(({ row }) => row.prediction_id)).toEqual(['new']);
  expect(await run("select 1 from label where label_id = 'late'")).toEqual([]);
});

test('the same source read again leaves the entity out, in clear nowhere, until that is lifted', async () => {
  const excluded = await excludedOf(world.database.db, 'fraud');
  expect(JSON.stringify(excluded)).not.toContain(marker);
  const columns = { ...excluded, columns: ['card'] } as never;
  const read = async (more: object) =>
    ingestText(
      world.database,
      { store: world.artifacts, folder },
      { model: 'fraud', text: `${history(marker)}\n`, ...more },
    );
  const again = await read({ excluded: columns });
  expect(again.manifest).toMatchObject({ rows: 2, quarantinedRows: 0 });
  const all = await read({});
  expect(all.manifest).toMatchObject({ rows: 3, quarantinedRows: 2 });
});

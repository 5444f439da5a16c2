import { expect, test } from 'vitest';
import type { SnapshotManifest } from '../../domain/training/snapshot.ts';
import { viewOf } from '../../../tests/worlds/a-view.ts';
import {
  counter,
  decision,
  editionUse,
  featureView,
  featureViewRevision,
  run,
  snapshot,
  snapshotEdition,
  version,
  window,
} from '../../db/schema/index.ts';
import { personOn } from '../../../tests/worlds/delivered-world.ts';
import { openTestDatabase } from '../../../tests/worlds/opened-database.ts';
import { RecordingBus } from '../../../tests/worlds/recording-bus.ts';
import { seedModel } from '../../../tests/worlds/two-models.ts';
import { formatLineageName } from '../../domain/record/lineage/lineage.ts';
import { lineage } from './lineage.ts';

const { database } = await openTestDatabase();
const { db } = database;
const person = personOn(database, new RecordingBus());
const mine = await seedModel(database, 'shop', 1);
const theirs = await seedModel(database, 'other', 7);

// v1 answered window 3, which was drifted: a training took its rows and those of the history, and made v2.
const traffic = 'a'.repeat(64);
await db.insert(window).values({
  model: 'shop',
  number: 3,
  rows: 400,
  firstSeq: 801,
  lastSeq: 1_200,
  openedAt: new Date(),
  verdict: 'drifted',
  judgedAt: new Date(),
  decidedAt: new Date(),
});
await db.insert(counter).values({
  model: 'shop',
  windowNumber: 3,
  version: 1,
  arm: 'champion',
  routingRevision: 1,
  rows: 400,
  failed: 0,
  slow: 0,
  latencySumUs: 1,
  latencyMaxUs: 1,
  cells: [],
});
await db.insert(decision).values({
  model: 'shop',
  key: 'window/3',
  windowNumber: 3,
  retrain: true,
  trigger: 'drift',
  reason: 'amount moved',
  considered: [],
  runId: 'train/shop/2',
});
await db.insert(run).values({ runId: 'train/shop/2', model: 'shop', kind: 'train', status: 'completed', input: {} });
const [history] = await db.select().from(snapshot);
if (history === undefined) throw new Error('nothing was seeded');
await db.insert(snapshot).values({
  ...history,
  digest: traffic,
  model: 'shop',
  kind: 'traffic',
  throughWindow: 3,
  manifest: { ...history.manifest, parents: [mine.snapshot] },
});
const [first] = await db.select().from(version);
if (first === undefined) throw new Error('nothing was seeded');
await db.insert(version).values({
  ...first,
  model: 'shop',
  version: 2,
  runId: 'train/shop/2',
  snapshots: [mine.snapshot, traffic],
  throughWindow: 3,
});

const traced = async (of: string, direction: 'up' | 'down') => {
  const found = await lineage(person, 'shop', { of, direction }, {});
  return found.nodes.map(formatLineageName).toSorted();
};

test('a version leads up to the rows, the decision, the window and the version before it', async () => {
  expect(await traced('v2', 'up')).toEqual(
    [
      'version:2',
      'run:train/shop/2',
      `snapshot:${mine.snapshot}`,
      `snapshot:${traffic}`,
      `source:${mine.snapshot}`,
      'decision:window/3',
      'window:3',
      'version:1',
      `run:${mine.run}`,
    ].toSorted(),
  );
});

test('a snapshot leads down to what was trained on it, and what became of that', async () => {
  // Cut, as lists show it.
  const cut = mine.snapshot.slice(0, 10);
  expect(await traced(cut, 'down')).toEqual(await traced(`snapshot:${cut}`, 'down'));
  expect(await traced(cut, 'down')).toEqual(
    [
      'decision:window/3',
      'run:train/shop/2',
      'window:3',
      `snapshot:${mine.snapshot}`,
      `snapshot:${traffic}`,
      'version:1',
      'version:2',
      'rollout:1/1',
      ...(await traced('v1', 'down')).filter((id) => id.startsWith('champion:')),
    ].toSorted(),
  );
  expect(await traced('w3', 'down')).toContain('version:2');
});

test('nothing of another model is among it, and what is not there is said', async () => {
  await expect(traced(theirs.snapshot, 'up')).rejects.toMatchObject({ code: 'not_found' });
  await expect(traced(theirs.run, 'up')).rejects.toMatchObject({ code: 'not_found' });
  await expect(traced('v9', 'up')).rejects.toThrow('There is no version:9 of this model.');
  await expect(traced('nonsense', 'up')).rejects.toMatchObject({ code: 'invalid_request', path: 'of' });
  await expect(traced('prediction:p1', 'up')).rejects.toMatchObject({ code: 'unavailable' });
});

test('an edition leads from a model to the version that another trained for it, as the scope allows', async () => {
  await db.insert(snapshotEdition).values({
    model: 'shop',
    tag: 'clean',
    edition: 1,
    digest: mine.snapshot,
    actor: 'ana',
    reason: 'May',
  });
  const runId = 'train/other/8';
  await db.insert(run).values({
    runId,
    model: 'other',
    kind: 'train',
    status: 'completed',
    input: {},
    output: { version: 8 },
  });
  const reason = 'edition 1 of "clean" was published';
  await db.insert(decision).values({
    model: 'other',
    key: 'due/1',
    retrain: true,
    trigger: 'publication',
    reason,
    considered: [],
    runId,
  });
  await db.insert(editionUse).values({
    model: 'other',
    decisionKey: 'due/1',
    publisher: 'shop',
    tag: 'clean',
    edition: 1,
    runId,
  });
  const asked = (scope: string, model: string, of: string, direction: 'up' | 'down') =>
    lineage({ ...person, principal: { ...person.principal, scope } }, model, { of, direction }, {}).then(({ nodes }) =>
      nodes.map((node) => `${formatLineageName(node)} ${node.text}`),
    );
  const down = await asked('*', 'shop', `snapshot:${mine.snapshot}`, 'down');
  expect(down).toContain(`edition:shop/clean/1 edition 1 of "clean" of shop, ${mine.snapshot.slice(0, 16)}`);
  expect(down).toContain('subscriber:train/other/8 other: train/other/8, v8');
  const narrow = await asked('shop', 'shop', `snapshot:${mine.snapshot}`, 'down');
  expect(narrow.join()).toMatch(/edition:shop\/clean\/1/);
  expect(narrow.join()).not.toMatch(/other/);
  const up = await asked('*', 'other', `run:${runId}`, 'up');
  expect(up).toEqual([
    expect.stringContaining(`run:${runId}`),
    expect.stringContaining('decision:due/1'),
    expect.stringContaining('edition:shop/clean/1'),
    expect.stringContaining(`snapshot:${mine.snapshot} history ${mine.snapshot.slice(0, 16)} of shop`),
  ]);
  expect((await asked('other', 'other', `run:${runId}`, 'up')).map((line) => line.split(':')[0])).toEqual([
    'run',
    'decision',
    'edition',
  ]);
  await expect(asked('*', 'other', `snapshot:${mine.snapshot}`, 'up')).rejects.toMatchObject({ code: 'not_found' });
});

test('a version leads down to the latest windows that it answered', async () => {
  for (let windowNumber = 10; windowNumber < 35; windowNumber++) {
    const times = { openedAt: new Date(), judgedAt: new Date(), decidedAt: new Date() };
    const place = { firstSeq: windowNumber * 1_000, lastSeq: windowNumber * 1_000 + 999 };
    await db
      .insert(window)
      .values({ model: 'shop', number: windowNumber, rows: 1, verdict: 'stable', ...times, ...place });
    const figures = { rows: 1, failed: 0, slow: 0, latencySumUs: 1, latencyMaxUs: 1, cells: [] };
    for (const arm of ['champion', 'challenger'] as const)
      await db.insert(counter).values({ model: 'shop', windowNumber, version: 2, arm, routingRevision: 1, ...figures });
  }
  const windows = (await traced('v2', 'down')).filter((name) => name.startsWith('window:'));
  expect(windows).toEqual(Array.from({ length: 20 }, (_, i) => `window:${15 + i}`));
});

test('a view leads down to what was learnt from it and answered, and up to what its source held', async () => {
  await db.insert(featureView).values({ name: 'cards', revision: 1 });
  await db.insert(featureViewRevision).values({
    view: 'cards',
    revision: 1,
    digest: 'd'.repeat(64),
    spec: viewOf('cards'),
    actor: 'ana',
  });
  const [first, second, joined, set] = ['1', '2', '3', '4'].map((digit) => digit.repeat(64));
  if (first === undefined || second === undefined || joined === undefined || set === undefined) throw new Error();
  const row = (digest: string, sourceDigest: string, manifest: object) => ({
    digest,
    model: 'cards',
    specRevision: 1,
    kind: 'view' as const,
    sourceDigest,
    rows: 3,
    quarantinedRows: 0,
    throughWindow: null,
    manifest: manifest as SnapshotManifest,
  });
  const rowsOf = { digest: 'd'.repeat(64), receivedMs: null };
  await db.insert(snapshot).values([
    { ...row(first, 'monday', { view: rowsOf }), joinedInto: joined, filesRemovedAt: new Date() },
    { ...row(second, 'tuesday', { view: rowsOf, parents: [first] }), joinedInto: joined, filesRemovedAt: new Date() },
    row(joined, 'tuesday', { view: { ...rowsOf, joins: { level: 1, looks: 2, of: [first, second] } } }),
    {
      ...row(set, 'payments', { joined: [{ view: 'cards', digest: 'd'.repeat(64), snapshot: second }] }),
      model: 'shop',
      kind: 'history' as const,
    },
  ]);
  await database.pool.query(
    `update version set snapshots = snapshots || to_jsonb($1::text) where model = 'shop'
    and version = 1`,
    [set],
  );
  const said = async (of: string, direction: 'up' | 'down', scope = '*') =>
    (await lineage({ ...person, principal: { ...person.principal, scope } }, 'cards', { of, direction }, {})).nodes.map(
      formatLineageName,
    );
  const down = await said('view:cards', 'down');
  expect(down.slice(0, 4)).toEqual(['view:cards', `snapshot:${second}`, `snapshot:${set}`, 'version:shop/1']);
  expect(down).toContain('window:shop/3');
  expect(down).toContain('decision:shop/window/3');
  expect((await said('view:cards', 'up')).toSorted()).toEqual(['source:monday', 'source:tuesday', 'view:cards']);
  expect((await said(`snapshot:${joined}`, 'up')).toSorted()).toEqual([
    `snapshot:${first}`,
    `snapshot:${second}`,
    `snapshot:${joined}`,
    'source:monday',
    'source:tuesday',
  ]);
  // Whoever may see the view alone sees that it has snapshots, and of no model that it learnt from them.
  expect(await said('view:cards', 'down', 'cards')).toEqual(['view:cards', `snapshot:${second}`]);
  // Neither of these names the view itself.
  const isOfView = async (owner: string, of: string) =>
    (await lineage(person, owner, { of, direction: 'up' }, {})).isOfView;
  expect(await isOfView('cards', `snapshot:${joined}`)).toBe(true);
  expect(await isOfView('shop', `snapshot:${set}`)).toBe(false);
  await expect(said('view:other', 'down')).rejects.toMatchObject({ code: 'not_found' });
  // A pushed view has 1,440 looks a day, and a model that uses it may have learnt from it weeks ago.
  await database.pool.query(
    `insert into snapshot (digest, model, spec_revision, kind, source_digest, rows, quarantined_rows, manifest)
     select encode(sha256(i::text::bytea), 'hex'), 'cards', 1, 'view', 'pushed', 1, 0, '{"view": {}}'
     from generate_series(1, 2001) i`,
  );
  await database.pool.query(
    `update spec_revision set spec = jsonb_set(spec, '{features,0,from}', $1::jsonb) where model = 'shop'`,
    [{ view: 'cards', digest: 'd'.repeat(64) }],
  );
  expect(await said('view:cards', 'down')).toEqual(down);
  expect(await said('view:cards', 'up')).toEqual(['view:cards', 'source:pushed']);
});

import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createArtifactStore } from '../../src/artifacts/artifact-store.ts';
import { apply } from '../../src/commands/models/apply.ts';
import { lineage } from '../../src/commands/record/lineage.ts';
import { branch, unbranch } from '../../src/commands/tags/branch-snapshot.ts';
import { branchesOfModel } from '../../src/commands/tags/read-branches.ts';
import { tagSnapshot } from '../../src/commands/tags/tag-snapshot.ts';
import { verifyDataset } from '../../src/data/dataset/verify-dataset.ts';
import { withDuck } from '../../src/data/duck/connect.ts';
import { pathLiteral } from '../../src/data/duck/sql.ts';
import { combineSnapshots } from '../../src/data/traffic/combine-snapshots.ts';
import { withTransaction } from '../../src/db/base/connect.ts';
import { trainedOn } from '../../src/db/erasure/trained-on.ts';
import { tombstonesOf } from '../../src/db/erasure/tombstones.ts';
import { lineageOf, newestHistoryOf } from '../../src/db/models/snapshots.ts';
import { readCurrentSpec, storeSpec } from '../../src/db/models/specs.ts';
import { markedArtifacts } from '../../src/db/retention/artifact-roots.ts';
import { giveUpFiles } from '../../src/db/retention/give-up-files.ts';
import { completeSpec } from '../../src/domain/spec/default-spec.ts';
import type { SourceSpec } from '../../src/domain/spec/source-spec.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { connectSource } from '../../src/sources/registry.ts';
import { personOn } from '../../tests/worlds/delivered-world.ts';
import { askErasure, runErasure } from '../../tests/worlds/erasure-world.ts';
import { inActivity } from '../../tests/worlds/in-activity.ts';
import { openTestDatabase } from '../../tests/worlds/opened-database.ts';
import { RecordingBus } from '../../tests/worlds/recording-bus.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { findSourceActivities } from './find-source.ts';
import { ingestSourceActivities } from './ingest-source.ts';

const { database } = await openTestDatabase();
const { db, pool } = database;
const folder = await mkdtemp(path.join(tmpdir(), 'branches-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
const artifacts = path.join(folder, 'artifacts');
const store = createArtifactStore(artifacts);
const place = { roots: [folder], store };
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const deps = {
  database,
  store,
  workDir: path.join(folder, 'work'),
  trainDir: path.join(folder, 'train'),
  connectSource: (spec: SourceSpec) => connectSource(spec, place),
  log: silent,
} as unknown as ActivityDependencies;
const ana = { ...personOn(database, new RecordingBus()), sourceRoots: [{ scope: '*', path: folder }] };
const say = (model: string) => ({ model, key: null, reason: 'because' });

const file = (of: string): SourceSpec => ({ kind: 'file', path: of, format: 'csv' });
function specOf(model: string, source: SourceSpec, owner = 'o', max = 1_000): ModelSpec {
  return completeSpec({
    name: model,
    about: { owner, useCase: 'u', successCriterion: 's' },
    entity: { column: 'card' },
    features: [{ kind: 'number', name: 'amount', missing: 'refuse', max }],
    target: { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay: { rows: 10 } },
    source,
    contract: { rules: [], quarantineShareMax: 1 },
  });
}
const define = (spec: ModelSpec) => withTransaction(database, (tx) => storeSpec(tx, spec, 'test'));

async function put(at: string, cards: readonly string[]): Promise<void> {
  const full = path.join(folder, at);
  await mkdir(path.dirname(full), { recursive: true });
  const rows = cards.map((card, row) => `${card},${row},${row % 2 === 0 ? 'yes' : 'no'}`);
  await writeFile(full, `card,amount,y\n${rows.join('\n')}\n`);
}

let runs = 0;
async function ingest(model: string) {
  const { revision } = await readCurrentSpec(db, model);
  const input = { model, specRevision: revision };
  const { sourceDigest, snapshot } = await inActivity(() => findSourceActivities(deps).findSource(input));
  if (snapshot !== null) return snapshot;
  const runId = `ingest/${model}/${runs++}`;
  return inActivity(() => ingestSourceActivities(deps).ingestSource({ ...input, runId, sourceDigest }));
}

/** Cards of the training set, in its order. */
async function cardsOf(digest: string): Promise<string> {
  const line = await lineageOf(db, [digest]);
  const manifests = line.map(({ manifest }) => manifest);
  const { paths } = await combineSnapshots(store, manifests, path.join(folder, 'combined'));
  const rows = await withDuck({}, (duck) =>
    duck.rows(`SELECT card, _order FROM read_parquet([${paths.map(pathLiteral).join(', ')}]) ORDER BY _order`),
  );
  return rows.map(({ card }) => String(card)).join(' ');
}

async function filesIn(at: string): Promise<readonly string[]> {
  const all = await readdir(at, { recursive: true, withFileTypes: true });
  return all.filter((one) => one.isFile()).map(({ name }) => name);
}

const headOf = async (model: string) => {
  const { revision } = await readCurrentSpec(db, model);
  return newestHistoryOf(db, model, revision);
};

await put('bank/1.csv', ['a', 'b', 'c']);
await define(specOf('bank', { kind: 'folder', path: 'bank', format: 'csv', settleMs: 0 }));
await ingest('bank');
await put('bank/2.csv', ['d', 'e']);
await ingest('bank');

test('a new model begins with the rows of another one, without a file of rows more', async () => {
  const origin = await headOf('bank');
  await tagSnapshot(ana, { ...say('bank'), tag: 'clean', digest: origin?.digest ?? '' });
  await branch(ana, { ...say('lab'), origin: 'bank', from: 'clean' });
  await put('lab.csv', ['x', 'y']);
  await define(specOf('lab', file('lab.csv')));
  const before = await filesIn(artifacts);
  const ref = await ingest('lab');
  const more = (await filesIn(artifacts)).filter((name) => !before.includes(name));
  expect(ref.rows).toBe(7);
  expect(await cardsOf(ref.digest)).toBe('a b c d e x y');
  const line = await lineageOf(db, [ref.digest]);
  expect(line.map(({ model, rows }) => [model, rows])).toEqual([
    ['lab', 5],
    ['lab', 2],
  ]);
  // Both manifests and its own rows: of the five rows nothing was written.
  const own = line[1]?.manifest.files.map(({ sha256 }) => sha256) ?? [];
  expect(more.toSorted()).toEqual([...line.map(({ digest }) => digest), ...own].toSorted());
  expect(await headOf('bank')).toEqual(origin);
});

test('its own source adds to its own line, also one that is read whole again; the origin goes its own way', async () => {
  await put('lab.csv', ['x', 'y', 'z']);
  expect(await cardsOf((await ingest('lab')).digest)).toBe('a b c d e x y z');
  await put('bank/3.csv', ['f']);
  expect(await cardsOf((await ingest('bank')).digest)).toBe('a b c d e f');
  expect(await cardsOf((await headOf('lab'))?.digest ?? '')).toBe('a b c d e x y z');
  // Under the next definition it begins there again, and nothing that has been read is read twice.
  await define(specOf('lab', file('lab.csv'), 'another owner'));
  const again = await ingest('lab');
  expect(await cardsOf(again.digest)).toBe('a b c d e x y z');
  expect(await ingest('lab')).toEqual(again);
});

test('a model without rows of its own trains on just the snapshot, and goes on when rows come', async () => {
  await branch(ana, { ...say('empty'), origin: 'bank', from: null });
  await mkdir(path.join(folder, 'empty'), { recursive: true });
  await define(specOf('empty', { kind: 'folder', path: 'empty', format: 'csv', settleMs: 0 }));
  const first = await ingest('empty');
  expect(await cardsOf(first.digest)).toBe('a b c d e f');
  expect(await ingest('empty')).toEqual(first);
  await put('empty/1.csv', ['g']);
  await ingest('empty');
  await put('empty/2.csv', ['h']);
  expect(await cardsOf((await ingest('empty')).digest)).toBe('a b c d e f g h');
});

test('a branch of a branch has the rows of all', async () => {
  await branch(ana, { ...say('twig'), origin: 'empty', from: null });
  await put('twig.csv', ['t']);
  await define(specOf('twig', file('twig.csv')));
  expect(await cardsOf((await ingest('twig')).digest)).toBe('a b c d e f g h t');
});

test('a definition that reads rows otherwise, or the same source, is refused when it is applied', async () => {
  const input = { key: null, reason: 'new' };
  await branch(ana, { ...say('other'), origin: 'bank', from: 'clean' });
  await put('other.csv', ['o']);
  await expect(apply(ana, { ...input, spec: specOf('other', file('other.csv'), 'o', 7) })).rejects.toMatchObject({
    code: 'invalid_spec',
    path: 'features',
  });
  const same: SourceSpec = { kind: 'folder', path: 'bank', format: 'csv', settleMs: 0, traffic: 'ignore' };
  await expect(apply(ana, { ...input, spec: specOf('other', same) })).rejects.toMatchObject({
    code: 'invalid_spec',
    path: 'source',
  });
  await apply(ana, { ...input, spec: specOf('other', file('other.csv')) });
  // One that was stored before the branch came is refused when its source is read.
  await define(specOf('late', file('other.csv'), 'o', 7));
  await branch(ana, { ...say('late'), origin: 'bank', from: 'clean' });
  await expect(ingest('late')).rejects.toMatchObject({ code: 'invalid_spec' });
  await unbranch(ana, say('late'));
  expect(await cardsOf((await ingest('late')).digest)).toBe('o');
});

test('it takes an operator of both models, and who may see neither is told of neither', async () => {
  const as = (role: 'viewer' | 'operator', scope: string) => ({
    ...ana,
    principal: { ...ana.principal, name: 'bob', role, scope },
  });
  const asked = { ...say('team.new'), origin: 'bank', from: 'clean' };
  for (const who of [as('operator', 'team.*'), as('operator', 'bank'), as('viewer', '*')])
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await expect(branch(who, asked)).rejects.toMatchObject({ code: 'forbidden' });
  await branch(ana, { ...asked, model: 'team.new' });
  await expect(branch(ana, asked)).rejects.toMatchObject({ code: 'conflict', path: 'model' });
  const seen = async (scope: string) =>
    (await branchesOfModel(as('viewer', scope), 'bank')).branches.map(({ model }) => model);
  expect(await seen('*')).toEqual(['empty', 'lab', 'other', 'team.new']);
  expect(await seen('bank')).toEqual([]);
  expect((await branchesOfModel(ana, 'team.new')).begins).toMatchObject({ origin: 'bank', by: ana.principal.name });
  await unbranch(ana, say('team.new'));
  await expect(unbranch(ana, say('team.new'))).rejects.toMatchObject({ code: 'conflict' });
  await expect(branch(ana, { ...asked, from: 'nothing' })).rejects.toMatchObject({ code: 'not_found' });
  const other = (await headOf('lab'))?.digest ?? '';
  await expect(branch(ana, { ...asked, from: other })).rejects.toMatchObject({ code: 'invalid_request', path: 'from' });
  const { rows } = await pool.query<{ type: string }>(
    `select type from audit where model = 'team.new' and type like 'perennial.snapshot.%' order by seq`,
  );
  expect(rows.map(({ type }) => type)).toEqual(['perennial.snapshot.branched', 'perennial.snapshot.unbranched']);
});

test('lineage goes from the line to its origin, and back as far as one may see', async () => {
  const begun = (await lineageOf(db, [(await headOf('lab'))?.digest ?? '']))[0];
  const origin = begun?.manifest.branched?.snapshot ?? '';
  const sealed = { store, folder } as never;
  const named = async (model: string, of: string, direction: 'up' | 'down', context = ana) => {
    const found = await lineage(context, model, { of, direction }, sealed);
    return found.nodes.map(({ kind, key }) => `${kind}:${key}`);
  };
  const up = await named('lab', `snapshot:${begun?.digest}`, 'up');
  expect(up).toContain(`snapshot:${origin}`);
  expect(await named('bank', `snapshot:${origin}`, 'down')).toContain(`snapshot:${begun?.digest}`);
  const narrow = { ...ana, principal: { ...ana.principal, scope: 'bank' } };
  expect(await named('bank', `snapshot:${origin}`, 'down', narrow)).not.toContain(`snapshot:${begun?.digest}`);
});

test('retention keeps what a branch names, and files that a line begins with whatever becomes of the origin', async () => {
  const line = await lineageOf(db, [(await headOf('bank'))?.digest ?? '']);
  const [first, second] = line;
  await pool.query(`delete from snapshot_tag where model = 'bank'`);
  await pool.query(`update snapshot set created_at = created_at - interval '1000 days' where model = 'bank'`);
  // The newest reading stands alone, so that nothing but the branches holds what was before it.
  await pool.query(`update snapshot set manifest = jsonb_set(manifest, '{parents}', '[]') where digest = $1`, [
    line[2]?.digest,
  ]);
  const gone = async () => {
    await withTransaction(database, (tx) => giveUpFiles(tx, 'bank', 10));
    const { rows } = await pool.query<{ digest: string }>(
      `select digest from snapshot where model = 'bank' and files_removed_at is not null`,
    );
    return rows.map(({ digest }) => digest).toSorted();
  };
  expect(await gone()).toEqual([]);
  for (const model of ['lab', 'other', 'empty']) await unbranch(ana, say(model));
  expect(await gone()).toEqual([first?.digest, second?.digest].toSorted());
  const kept = await markedArtifacts(db);
  for (const { manifest } of [first, second].filter((one) => one !== undefined))
    for (const { sha256 } of manifest.files) expect(kept).toContain(sha256);
  expect(await cardsOf((await headOf('lab'))?.digest ?? '')).toBe('a b c d e x y z');
});

test('an erasure from all models reaches both lines, and one from the origin tells whose versions learnt', async () => {
  await put('shop.csv', ['k', 'gone', 'm']);
  await define(specOf('shop', file('shop.csv')));
  await ingest('shop');
  await put('heir.csv', ['n']);
  await branch(ana, { ...say('heir'), origin: 'shop', from: null });
  await define(specOf('heir', file('heir.csv')));
  const { digest } = await ingest('heir');
  await pool.query(
    `insert into version (model, version, run_id, status, spec_revision, model_digest, profile_digest, correction,
      snapshots, report, labelled_rows, gate_verdict, created_at)
     values ('heir', 1, 'train/heir/1', 'released', 1, 'm', 'p', 'identity', $1, '{}', 4, 'pass', now() - interval '1 day')`,
    [JSON.stringify([digest])],
  );
  const one = await runErasure(deps, await askErasure({ database }, { name: 'shop', entity: 'gone' }));
  expect(one.status).toBe('done');
  expect(await trainedOn(db, one.erasureId)).toEqual([{ model: 'heir', version: 1, isChampion: false }]);
  expect(await cardsOf((await headOf('shop'))?.digest ?? '')).toBe('k m');
  expect(await cardsOf(digest)).toBe('k gone m n');
  const all = await runErasure(deps, await askErasure({ database }, { scope: 'all', name: '*', entity: 'm' }));
  expect(all.status).toBe('done');
  expect(await cardsOf((await headOf('shop'))?.digest ?? '')).toBe('k');
  expect(await cardsOf(digest)).toBe('k gone n');
  const line = await lineageOf(db, [digest]);
  const told = await verifyDataset(
    store,
    line,
    await tombstonesOf(
      db,
      line.map((row) => row.digest),
    ),
  );
  expect(told.wrongManifests).toEqual([]);
  expect(told.files.every(({ state }) => state === 'whole')).toBe(true);
});

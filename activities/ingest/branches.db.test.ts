import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { apply } from '../../src/commands/models/apply.ts';
import { lineage } from '../../src/commands/record/lineage.ts';
import { showSnapshot } from '../../src/commands/snapshots/show-snapshot.ts';
import { branch, unbranch } from '../../src/commands/tags/branch-snapshot.ts';
import { branchesOfModel } from '../../src/commands/tags/read-branches.ts';
import { tagSnapshot } from '../../src/commands/tags/tag-snapshot.ts';
import { withTransaction } from '../../src/db/base/connect.ts';
import { lineageOf } from '../../src/db/models/snapshots.ts';
import { markedArtifacts } from '../../src/db/retention/artifact-roots.ts';
import { dependentsOf } from '../../src/db/scrub/dependents.ts';
import { giveUpFiles } from '../../src/db/retention/give-up-files.ts';
import type { SourceSpec } from '../../src/domain/spec/source-spec.ts';
import { cardsModel, createBranchWorld, file } from '../../tests/worlds/branch-world.ts';
import { openTestDatabase } from '../../tests/worlds/opened-database.ts';

const { database } = await openTestDatabase();
const { db, pool } = database;
const world = await createBranchWorld(database);
afterAll(world.close);
const { folder, store, ana, headOf, define, put, ingest, cardsOf, stored } = world;
const say = (model: string) => ({ model, key: null, reason: 'because' });

await put('bank/1.csv', ['a', 'b', 'c']);
await define(cardsModel('bank', { kind: 'folder', path: 'bank', format: 'csv', settleMs: 0 }));
await ingest('bank');
await put('bank/2.csv', ['d', 'e']);
await ingest('bank');

test('a new model begins with the rows of another one, without a file of rows more', async () => {
  const origin = await headOf('bank');
  await tagSnapshot(ana, { ...say('bank'), tag: 'clean', digest: origin?.digest ?? '' });
  await branch(ana, { ...say('lab'), origin: 'bank', from: 'clean' });
  await put('lab.csv', ['x', 'y']);
  await define(cardsModel('lab', file('lab.csv')));
  const before = await stored();
  const ref = await ingest('lab');
  const more = (await stored()).filter((name) => !before.includes(name));
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
  // A file of both that rots is told of to both.
  const shared = line[0]?.manifest.files[0]?.sha256 ?? '';
  expect((await dependentsOf(db, [shared])).map(({ model }) => model)).toEqual(['bank', 'lab']);
});

test('the first snapshot of its line says whose rows it begins with, and no other one does', async () => {
  const line = await lineageOf(db, [(await headOf('lab'))?.digest ?? '']);
  const origin = (await headOf('bank'))?.digest;
  const shown = await Promise.all(line.map(({ digest }) => showSnapshot(ana, digest)));
  expect(shown.map(({ branched }) => branched)).toEqual([{ model: 'bank', snapshot: origin }, null]);
});

test('its own source adds to its own line, read on or whole; the origin goes its own way', async () => {
  await put('lab.csv', ['x', 'y', 'z']);
  expect(await cardsOf((await ingest('lab')).digest)).toBe('a b c d e x y z');
  await put('bank/3.csv', ['f']);
  expect(await cardsOf((await ingest('bank')).digest)).toBe('a b c d e f');
  expect(await cardsOf((await headOf('lab'))?.digest ?? '')).toBe('a b c d e x y z');
  // Under the next definition it begins there again, and nothing that has been read is read twice.
  await define(cardsModel('lab', file('lab.csv'), 'another owner'));
  const again = await ingest('lab');
  expect(await cardsOf(again.digest)).toBe('a b c d e x y z');
  expect(await ingest('lab')).toEqual(again);
});

test('a model without rows of its own trains on just the snapshot, and goes on when rows come', async () => {
  await branch(ana, { ...say('empty'), origin: 'bank', from: null });
  await mkdir(path.join(folder, 'empty'), { recursive: true });
  await define(cardsModel('empty', { kind: 'folder', path: 'empty', format: 'csv', settleMs: 0 }));
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
  await define(cardsModel('twig', file('twig.csv')));
  expect(await cardsOf((await ingest('twig')).digest)).toBe('a b c d e f g h t');
});

test('a definition that reads rows otherwise, or the same source, is refused when it is applied', async () => {
  const input = { key: null, reason: 'new' };
  await branch(ana, { ...say('other'), origin: 'bank', from: 'clean' });
  await put('other.csv', ['o']);
  await expect(apply(ana, { ...input, spec: cardsModel('other', file('other.csv'), 'o', 7) })).rejects.toMatchObject({
    code: 'invalid_spec',
    path: 'features',
  });
  const folderOf = (at: string) => ({ kind: 'folder', path: at, format: 'csv', settleMs: 0 }) as const;
  const among: SourceSpec = { kind: 'union', members: { old: folderOf('bank'), own: folderOf('own') } };
  for (const source of [{ ...folderOf('bank'), traffic: 'ignore' as const }, among])
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await expect(apply(ana, { ...input, spec: cardsModel('other', source) })).rejects.toMatchObject({
      code: 'invalid_spec',
      path: 'source',
    });
  await apply(ana, { ...input, spec: cardsModel('other', file('other.csv')) });
  // One that was stored before the branch came is refused when its source is read.
  await define(cardsModel('late', file('other.csv'), 'o', 7));
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
  await pool.query(
    `insert into snapshot (digest, model, spec_revision, kind, source_digest, rows, quarantined_rows, manifest)
     values ($1, 'bank', 1, 'traffic', 'x', 0, 0, $2)`,
    ['b'.repeat(64), { files: [], parents: [other] }],
  );
  await expect(branch(ana, { ...asked, from: 'b'.repeat(64) })).rejects.toMatchObject({
    code: 'invalid_request',
    path: 'from',
    hint: `Its history is ${other.slice(0, 16)}.`,
  });
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

test('retention keeps what a branch names, and what a line began with whatever its origin does', async () => {
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
  expect(await gone()).toEqual([first, second].flatMap((one) => one?.digest ?? []).toSorted());
  const kept = await markedArtifacts(db);
  for (const { manifest } of [first, second].filter((one) => one !== undefined))
    for (const { sha256 } of manifest.files) expect(kept).toContain(sha256);
  expect(await cardsOf((await headOf('lab'))?.digest ?? '')).toBe('a b c d e x y z');
});

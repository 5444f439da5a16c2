import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { withTransaction } from '../../src/db/base/connect.ts';
import { sourceMembersOf } from '../../src/db/models/source-members.ts';
import { storeSpec } from '../../src/db/models/specs.ts';
import { noteSourceTaken } from '../../src/db/watching/trigger-looks.ts';
import type { SourceSpec } from '../../src/domain/spec/source-spec.ts';
import { ingestDeps } from '../../tests/worlds/ingest-deps.ts';
import { openTestDatabase } from '../../tests/worlds/opened-database.ts';
import { specOf } from '../../tests/worlds/two-models.ts';
import { lookAtSourcesActivities } from './look-at-sources.ts';

const { database } = await openTestDatabase();
const { db, pool } = database;
const root = await mkdtemp(path.join(tmpdir(), 'freshness-'));
afterAll(() => rm(root, { recursive: true, force: true }));

const { lookAtSources } = lookAtSourcesActivities(ingestDeps(database, root));

const hourMs = 3_600_000;

async function define(model: string, source: SourceSpec): Promise<void> {
  await withTransaction(database, (tx) => storeSpec(tx, { ...specOf(model), source }, 'ana'));
}
async function look(): Promise<void> {
  await pool.query(`update trigger_look set look_at = now() - interval '1 second' where look_at is not null`);
  await lookAtSources();
}
/** As if the last change had been found earlier. */
async function passHours(hours: number): Promise<void> {
  for (const table of ['trigger_look', 'source_member'])
    await pool.query(`update ${table} set changed_at = changed_at - $1 * interval '1 hour'`, [hours]);
}
const rung = async (model: string) =>
  (
    await pool.query(
      `select body, closed_at is null as is_open from alert where kind = 'source-behind' and model = $1`,
      [model],
    )
  ).rows;
const rows = (n: number) => `amount,outcome\n${`${n},good\n`.repeat(n)}`;

test.each([
  ['file', { kind: 'file', path: 'one.csv', format: 'csv', freshMs: hourMs }, 'one.csv'],
  ['folder', { kind: 'folder', path: 'many', format: 'csv', settleMs: 0, freshMs: hourMs }, 'many/b.csv'],
] as const)(
  'a %s that brings nothing for longer than declared rings, and closes with what comes',
  async (name, source, file) => {
    await mkdir(path.join(root, 'many'), { recursive: true });
    await writeFile(path.join(root, name === 'file' ? 'one.csv' : 'many/a.csv'), rows(3));
    await define(name, source);
    await look();
    await passHours(0.9);
    await look();
    expect(await rung(name), 'not yet').toEqual([]);
    await passHours(0.2);
    await look();
    // 66 minutes, and what the test itself has taken since.
    const body = expect.stringMatching(
      /^Nothing new has come for [67]\d minutes; 60 minutes are declared\. A training has nothing newer/,
    );
    expect(await rung(name)).toEqual([{ body, is_open: true }]);
    await writeFile(path.join(root, file), rows(4));
    await look();
    expect(await rung(name)).toEqual([{ body, is_open: false }]);
  },
);

test('a source that cannot be read brings nothing either, and what an ingest took is news', async () => {
  await writeFile(path.join(root, 'away.csv'), rows(3));
  await define('away', { kind: 'file', path: 'away.csv', format: 'csv', freshMs: hourMs });
  await look();
  await rename(path.join(root, 'away.csv'), path.join(root, 'elsewhere.csv'));
  await passHours(2);
  await look();
  expect(await rung('away')).toMatchObject([{ is_open: true }]);
  await noteSourceTaken(db, 'away', 'what was found behind the last look');
  await look();
  const { rows: looks } = await pool.query(`select changed_at > now() - interval '1 hour' as is_new, failures
    from trigger_look where model = 'away'`);
  expect(looks).toEqual([{ is_new: true, failures: 2 }]);
});

test('of a union the source that is silent is named, and the others do not speak for it', async () => {
  await mkdir(path.join(root, 'archive'), { recursive: true });
  await writeFile(path.join(root, 'archive', 'a.csv'), rows(3));
  await define('both', {
    kind: 'union',
    members: {
      archive: { kind: 'folder', path: 'archive', format: 'csv', settleMs: 0 },
      live: { kind: 'push', freshMs: hourMs },
    },
  });
  await look();
  await passHours(3);
  await writeFile(path.join(root, 'archive', 'b.csv'), rows(4));
  await look();
  expect(await rung('both')).toEqual([
    {
      body: expect.stringMatching(/^live: Nothing new has come for 1[89]\d minutes; 60 minutes are declared\./),
      is_open: true,
    },
  ]);
  const [archive, live] = await sourceMembersOf(db, 'both');
  expect(archive).toMatchObject({ member: 'archive', staleMs: null });
  expect(live).toMatchObject({ member: 'live', staleMs: expect.any(Number) });
  expect(live?.staleMs).toBeGreaterThanOrEqual(3 * hourMs);
});

test('where nothing is declared nothing rings', async () => {
  await mkdir(path.join(root, 'quiet'), { recursive: true });
  await writeFile(path.join(root, 'quiet', 'a.csv'), rows(3));
  await define('quiet', { kind: 'folder', path: 'quiet', format: 'csv', settleMs: 0 });
  await look();
  await passHours(1_000);
  await look();
  expect(await rung('quiet')).toEqual([]);
});

import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createArtifactStore } from '../../src/artifacts/artifact-store.ts';
import { withTransaction } from '../../src/db/base/connect.ts';
import { readOnlineHead } from '../../src/db/feature-views/online-build.ts';
import { createViewStore } from '../../src/db/feature-views/online-source.ts';
import { storeView } from '../../src/db/feature-views/store-view.ts';
import { defineView, folder, number } from '../../src/sdk/index.ts';
import { hasKeys } from '../../src/serving/views/ask-references.ts';
import { createViewReader } from '../../src/serving/views/view-reader.ts';
import { connectSource } from '../../src/sources/registry.ts';
import { entityKeyOf } from '../../src/views/online/entity-key.ts';
import { failureOf } from '../../tests/worlds/foreign-rows.ts';
import { inActivity } from '../../tests/worlds/in-activity.ts';
import { openTestDatabase } from '../../tests/worlds/opened-database.ts';
import { silentLog } from '../../tests/worlds/serving-world.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { ingestView } from '../views/ingest-view.ts';
import { materialiseView } from './materialise-view.ts';

const { database } = await openTestDatabase();

let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'perennial-built-anew-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const deps = () => {
  const store = createArtifactStore(path.join(root, 'artifacts'));
  return {
    database,
    store,
    workDir: path.join(root, 'work'),
    log: silentLog,
    connectSource: (spec: Parameters<typeof connectSource>[0]) => connectSource(spec, { roots: [root], store }),
  } as unknown as ActivityDependencies;
};

let writtenAtS = Date.now() / 1_000 - 3_600;
async function write(file: string, card: string, limit: number): Promise<void> {
  const place = path.join(root, 'cards', file);
  await mkdir(path.dirname(place), { recursive: true });
  await writeFile(place, `card,at,limit\n${card},2026-01-01T00:00:00Z,${limit}\n`);
  await utimes(place, ++writtenAtS, writtenAtS);
}

test('what is built of several snapshots is served, and asked for keys, once all of them are in', async () => {
  const view = defineView({
    name: 'cards',
    owner: 'risk',
    entity: 'card',
    eventTime: 'at',
    features: { limit: number() },
    source: folder('cards', { format: 'csv', onRewrite: 'retake' }),
  });
  const { digest } = await withTransaction(database, (tx) => storeView(tx, view, 'test'));
  const key = { view: 'cards', digest };
  await database.pool.query('insert into online_view (view, digest) values ($1, $2)', ['cards', digest]);
  const store = createViewStore(database, silentLog);
  const rule = { rule: 'references', id: 'known', columns: ['card'], ...key, severity: 'quarantine' } as const;
  const nowMs = Date.now() + 60_000;
  /** As a process that remembers nothing. */
  const has = async (cards: readonly string[]) => {
    const reader = createViewReader(store, silentLog);
    try {
      return await hasKeys(
        reader,
        cards.map((card) => ({ rule, key: [card], atMs: nowMs })),
      );
    } finally {
      reader.stop();
    }
  };
  const limitOf = async (card: string) =>
    (await store.read([{ ...key, entity: entityKeyOf([card]) ?? '' }]))[0]?.state?.numbers[0] ?? null;
  const step = () => inActivity(() => materialiseView(deps(), key, { nowMs: () => nowMs, endsAtMs: 0 }));
  const readOn = () => inActivity(() => ingestView(deps(), key));

  await write('1.csv', 'a', 1);
  await write('2.csv', 'b', 2);
  await write('3.csv', 'c', 3);
  await readOn();
  expect(await step()).toBe(true);
  expect(await failureOf(has(['c'])), 'it is still to come').toMatchObject({ code: 'unavailable' });
  expect(await limitOf('a'), 'values are served as they come in').toBe(1);
  expect(await step()).toBe(true);
  expect(await step()).toBe(false);
  expect(await has(['a', 'b', 'c', 'd'])).toEqual([true, true, true, false]);

  // Read again from its beginning: what is there answers until all of it is in.
  await write('1.csv', 'a', 10);
  await readOn();
  expect(await step()).toBe(true);
  expect(await step()).toBe(true);
  expect(await readOnlineHead(database, key)).toMatchObject({ generation: 1, building: { generation: 2 } });
  expect(await has(['a', 'b', 'c'])).toEqual([true, true, true]);
  expect([await limitOf('a'), await limitOf('c')]).toEqual([1, 3]);
  // Changed once more before it was done, it begins anew beside it.
  await write('2.csv', 'd', 20);
  await readOn();
  for (let steps = 0; await step(); steps++) expect(steps).toBeLessThan(9);
  expect([await limitOf('a'), await limitOf('b'), await limitOf('c'), await limitOf('d')]).toEqual([10, null, 3, 20]);
  expect(await has(['a', 'b', 'c', 'd'])).toEqual([true, false, true, true]);
  expect(await readOnlineHead(database, key)).toMatchObject({ building: null });
});

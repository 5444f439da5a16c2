import { rm, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { withTransaction } from '../../src/db/base/connect.ts';
import { filesOfModel } from '../../src/db/installation/storage.ts';
import { readCurrentSpec, storeSpec } from '../../src/db/models/specs.ts';
import { markedArtifacts } from '../../src/db/retention/artifact-roots.ts';
import { damageFile } from '../../tests/worlds/damage-file.ts';
import { begin, goOn, live, taken } from '../../tests/worlds/traffic-life.ts';

test('asked again, the same cut is the same snapshot; two trainings at once do not disturb each other', () =>
  live('twice', async (life) => {
    const { snapshots } = life;
    const { history, window } = await begin(life);
    const first = await taken(life, history, window);
    expect(await snapshots.take(history, window)).toEqual(first);
    const later = await goOn(life);
    const [one, other] = await Promise.all([snapshots.take(history, later - 1), snapshots.take(history, later)]);
    expect(await snapshots.take(history, later)).toEqual(other);
    // The older cut is not that of the newest snapshot: it goes on from the one before.
    expect(await snapshots.take(history, later - 1)).toMatchObject({ files: one?.files, rows: one?.rows });
    expect((await taken(life, history, later)).traffic?.anew).toBeNull();
  }));

test('where a file of the snapshot before is gone or damaged, everything is exported, and that is said', () =>
  live('damaged', async (life) => {
    const { world, run } = life;
    const { history, window } = await begin(life);
    const first = await taken(life, history, window);
    const broken = first.files[0]?.sha256 ?? '';
    const file = await world.artifacts.pathOf(broken);
    await writeFile(file, 'rotten');
    const second = await taken(life, history, await goOn(life));
    expect(second.traffic?.anew).toMatch(/^file [0-9a-f]{12} is damaged of snapshot [0-9a-f]{12}$/);
    await rm(await world.artifacts.pathOf(second.files[0]?.sha256 ?? ''));
    const third = await taken(life, history, await goOn(life));
    expect(third.traffic?.anew).toMatch(/ is gone of snapshot /);
    // So it is where a row may lose its label.
    const { spec } = await readCurrentSpec(world.database.db, 'fraud');
    const retention = { ...spec.retention, labels: { ms: 30 * 86_400_000 } };
    await withTransaction(world.database, (tx) => storeSpec(tx, { ...spec, retention }, 'ann'));
    const fourth = await taken(life, history, await goOn(life));
    expect(fourth.traffic?.anew).toBe('labels are kept for a shorter time than predictions');
    const told = await run("select body ->> 'exportedAnew' as why from evidence where kind = 'contract' order by 1");
    expect(told.map(({ why }) => why)).toContain(third.traffic?.anew);
  }));

test('a byte that changed is seen by the training, and then by the snapshot: the rows come from the log again', () =>
  live('rotten', async (life) => {
    const { world, snapshots } = life;
    const { history, window } = await begin(life);
    const first = await taken(life, history, window);
    await damageFile(await world.artifacts.pathOf(first.files[0]?.sha256 ?? ''));
    expect(await snapshots.take(history, window), 'its bytes are not read').toEqual(first);
    await expect(snapshots.preparedOf(history, first)).rejects.toMatchObject({ code: 'artifact_corrupt' });
    const again = await snapshots.take(history, window, { isChecked: true });
    expect(again?.traffic?.anew).toMatch(/^file [0-9a-f]{12} is damaged of snapshot [0-9a-f]{12}$/);
    expect(again?.logicalDigest).toBe(first.logicalDigest);
    const second = await taken(life, history, window);
    expect(second, 'what was made after it is gone on from').toEqual(again);
    // Pieces that become one are read whole: damage is not sealed into the new one.
    for (const { sha256 } of second.files) await damageFile(await world.artifacts.pathOf(sha256));
    const third = await taken(life, history, await goOn(life));
    expect(third.traffic?.anew).toMatch(/ is damaged of snapshot /);
  }));

test('rows that retention has removed leave the pieces, and what a snapshot lists is kept from the sweep', () =>
  live('retention', async (life) => {
    const { world, run } = life;
    const { db } = world.database;
    const { history, window } = await begin(life);
    const first = await taken(life, history, window);
    const kept = (await filesOfModel(db, 'fraud')).listedBytes;
    const { revision } = await readCurrentSpec(db, 'fraud');
    await run(`insert into snapshot select 'twin', model, ${revision}, kind, source_digest, rows, quarantined_rows,
      through_window, manifest from snapshot where kind = 'traffic'`);
    expect((await filesOfModel(db, 'fraud')).listedBytes, 'a file in two lists is one').toBe(kept);
    const fromSeq = 25;
    await run('delete from prediction where seq < $1', [fromSeq]);
    const later = await goOn(life);
    const second = await taken(life, history, later);
    expect(second.traffic).toMatchObject({ anew: null, fromSeq });
    expect(Math.min(...second.files.map(({ orderMin }) => orderMin))).toBeGreaterThanOrEqual(fromSeq);
    await run("update snapshot set files_removed_at = now() where manifest -> 'traffic' ->> 'fromSeq' = '1'");
    const marked = await markedArtifacts(db);
    expect(second.files.filter(({ sha256 }) => !marked.has(sha256))).toEqual([]);
    expect(first.files.filter(({ sha256 }) => marked.has(sha256))).toEqual([]);
    // The rows as they came, which were set aside, are no longer shown either.
    await run('delete from prediction where seq < $1', [fromSeq + 5]);
    const third = await life.snapshots.take(history, later);
    expect(third).toMatchObject({ quarantineDigest: null, traffic: { fromSeq: fromSeq + 5, anew: null } });
    expect(third?.quarantinedRows).toBeGreaterThan(0);
    await run('delete from prediction');
    expect(await life.snapshots.take(history, later)).toBeNull();
    expect(
      await run("select rows, manifest -> 'files' as files from snapshot order by created_at desc limit 1"),
    ).toEqual([{ rows: '0', files: [] }]);
  }));

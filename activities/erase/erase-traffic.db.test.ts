import { expect, test } from 'vitest';
import { verifyDataset } from '../../src/data/dataset/verify-dataset.ts';
import { tombstonesOf } from '../../src/db/erasure/tombstones.ts';
import type { SnapshotManifest } from '../../src/domain/training/snapshot.ts';
import { askErasure, runErasure } from '../../tests/worlds/erasure-world.ts';
import { begin, goOn, live, taken, type Life } from '../../tests/worlds/traffic-life.ts';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const depsOf = ({ world }: Life) => ({
  database: world.database,
  store: world.artifacts,
  workDir: world.artifactDir,
  trainDir: `${world.artifactDir}-train`,
  log: silent as never,
});
/** An entity of the traffic, and one of the history. */
const traffic = [{ model: 'fraud', entityHash: 'e3' }];

async function rowsOf({ run }: Life, entityHash: string): Promise<readonly number[]> {
  const rows = await run('select seq::int as seq from prediction where entity_hash = $1 order by seq', [entityHash]);
  return rows.map(({ seq }) => Number(seq));
}

type Verified = Awaited<ReturnType<typeof verify>>;

async function verify({ world }: Life) {
  const { rows } = await world.database.pool.query<{ digest: string; manifest: SnapshotManifest }>(
    'select digest, manifest from snapshot order by created_at, digest',
  );
  const digests = rows.map(({ digest }) => digest);
  return verifyDataset(world.artifacts, rows, await tombstonesOf(world.database.db, digests));
}

const statesOf = ({ files }: Verified) => files.map(({ snapshot, state }) => `${snapshot.slice(0, 8)} ${state}`);

test('what is trained on afterwards is what an export of the log would be, also where parts were sealed', () =>
  live('erased', async (life) => {
    const { run, snapshots } = life;
    const { history, window } = await begin(life);
    const before = await taken(life, history, window);
    await life.age();
    await life.age();
    await life.age();
    const later = await goOn(life);
    await taken(life, history, later);
    expect(await run('select 1 from sealed_stretch')).not.toEqual([]);
    const wholly = await verify(life);
    const others = await run("select * from prediction where entity_hash is distinct from 'e3' order by seq");
    const erasureId = await askErasure(depsOf(life), { entity: 'c3', names: traffic });
    const done = await runErasure(depsOf(life), erasureId);
    expect(done.report?.notReached).toEqual([]);
    expect(await rowsOf(life, 'e3')).toEqual([]);
    expect(await run("select 1 from label where entity_hash = 'e3'")).toEqual([]);
    expect(await run("select * from prediction where entity_hash is distinct from 'e3' order by seq")).toEqual(others);
    // Every name of a snapshot still reads, and what stands behind it is whole.
    const verified = await verify(life);
    expect(verified.wrongManifests).toEqual([]);
    expect(statesOf(verified)).toEqual(statesOf(wholly));
    expect(verified.erased.length).toBeGreaterThan(1);
    expect(await snapshots.take(history, window)).not.toEqual(before);
    // Goes on from the pieces that were written anew.
    const next = await taken(life, history, await goOn(life));
    expect(next.traffic?.anew).toBeNull();
    expect(next.parents).toEqual([history.digest]);
    const counts = new Map(done.report?.counts.map(({ place, rows: count }) => [place, count]));
    expect(counts.get('snapshots')).toBeGreaterThan(0);
    expect(counts.get('sealed')).toBeGreaterThan(0);
  }));

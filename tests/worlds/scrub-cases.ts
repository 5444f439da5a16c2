import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { scrubArtifacts } from '../../activities/scrub/scrub-artifacts.ts';
import type { ArtifactStore } from '../../src/artifacts/artifact-store.ts';
import { sha256 } from '../../src/artifacts/digest.ts';
import { withTransaction, type Database } from '../../src/db/base/connect.ts';
import { storeSpec } from '../../src/db/models/specs.ts';
import { findScrub } from '../../src/db/scrub/scrub-round.ts';
import { version } from '../../src/db/schema/index.ts';
import { specOf } from './two-models.ts';

/** A store, and what its disk may do to it. */
export interface ScrubbedStore {
  readonly store: ArtifactStore;
  /** Other bytes of the same length under a name. */
  damage(digest: string, text: string): Promise<void>;
  remove(digest: string): Promise<void>;
}

const dayMs = 86_400_000;
const periodMs = 30 * dayMs;

/** What reading all files again promises, whatever store they lie in. */
export function scrubCases(database: () => Database, open: () => Promise<ScrubbedStore>): void {
  let place: ScrubbedStore;
  let firstMs: number | null = null;
  const model = `m-${randomUUID().slice(0, 8)}`;
  const texts = Array.from({ length: 40 }, (_, i) => `file ${i} of ${model}`);
  const [file = '', profile = '', manifest = '', rows = ''] = texts.map((text) => sha256(text));
  /** A snapshot from which rows were erased: its manifest has another name than it. */
  const snapshot = sha256(`a snapshot of ${model}`);

  beforeAll(async () => {
    place = await open();
    for (const text of texts) await place.store.putBytes(text);
    await withTransaction(database(), (tx) => storeSpec(tx, specOf(model), 'ana'));
    await database()
      .db.insert(version)
      .values({
        model,
        version: 1,
        runId: `train/${model}/1`,
        status: 'released',
        specRevision: 1,
        modelDigest: file,
        profileDigest: profile,
        correction: 'identity',
        snapshots: [],
        report: {} as never,
        labelledRows: 1,
        gateVerdict: 'pass',
      });
    await database().pool.query(
      `update routing set entry = entry || '{"champion": {"version": 1}}'::jsonb where model = $1`,
      [model],
    );
    const erasureId = randomUUID();
    await database().pool.query(
      `insert into erasure (erasure_id, scope, name, entity, is_dry_run, actor, reason, status)
       values ($1, 'model', $2, 'x', false, 'ana', 'asked', 'completed')`,
      [erasureId, model],
    );
    await database().pool.query(
      `insert into tombstone (digest, what, owner, replaced_by, erasure_id, rows)
       values ($1, 'snapshot', $2, $3, $4, 1)`,
      [snapshot, model, manifest, erasureId],
    );
    // What a source held and what a contract says have digests as well, and no files.
    await database().pool.query(
      `insert into snapshot (digest, model, spec_revision, kind, source_digest, rows, quarantined_rows, manifest)
       values ($1, $2, 1, 'history', $3, 1, 0, $4)`,
      [
        snapshot,
        model,
        sha256('a source'),
        { sourceDigest: sha256('a source'), contractDigest: sha256('a contract'), files: [{ sha256: rows }] },
      ],
    );
    await scrubAt(0);
    firstMs = (await findScrub(database().db))?.startedAt.getTime() ?? null;
  });

  /** A tick so many days after the first. */
  const scrubAt = (days: number, filesMax = Infinity) => {
    let files = 0;
    const base = firstMs ?? Date.now();
    return scrubArtifacts(
      {
        database: database(),
        store: place.store,
        periodMs,
        nowMs: base + days * dayMs,
        pace: async () => void files++,
      },
      () => files >= filesMax,
    );
  };
  const progress = async () => {
    const row = await findScrub(database().db);
    return { round: row?.round, files: row?.files, last: row?.lastFiles, lastDamaged: row?.lastDamaged };
  };
  const rung = async () => {
    const { rows } = await database().pool.query<{ subject: string; title: string; body: string }>(
      `select subject, title, body from alert where model = $1 and kind = 'artifact-damaged' and closed_at is null
       order by subject`,
      [model],
    );
    return rows;
  };

  test('in half of the period half is read, each step goes on where the last one was, and at its end all', async () => {
    expect((await progress()).files).toBe(0);
    const due = texts.filter((text) => sha256(text) < '8').length;
    expect(await scrubAt(15, 3)).toBe(true);
    expect((await progress()).files).toBe(3);
    while (await scrubAt(15, 3));
    expect(await progress()).toMatchObject({ round: 1, files: due, last: null });
    await scrubAt(15);
    expect((await progress()).files).toBe(due);
    while (await scrubAt(30, 7));
    expect(await progress()).toEqual({ round: 2, files: 0, last: texts.length, lastDamaged: 0 });
    expect(await rung()).toEqual([]);
  });

  test('a flipped byte and a missing file ring, say what needs them and what to do, and end when mended', async () => {
    await place.damage(file, (texts[0] ?? '').replace('file', 'fill'));
    await place.remove(profile);
    while (await scrubAt(60));
    expect(await progress()).toMatchObject({ round: 3, last: texts.length, lastDamaged: 2 });
    const alerts = await rung();
    expect(alerts.map(({ subject }) => subject)).toEqual([`artifact/${file}`, `artifact/${profile}`].toSorted());
    const damaged = alerts.find(({ subject }) => subject.endsWith(file));
    expect(damaged?.title).toBe(`${model}: a file that it needs is damaged`);
    expect(damaged?.body).toContain(`Needed by: v1 (which answers). Put the file back from a back-up`);
    expect(damaged?.body).toContain(`perennial rollback ${model}`);
    expect(alerts.find(({ subject }) => subject.endsWith(profile))?.title).toMatch(/is missing$/);
    await place.store.putBytes(texts[0] ?? '');
    await scrubAt(60);
    expect((await rung()).map(({ subject }) => subject)).toEqual([`artifact/${profile}`]);
    await database().pool.query(`update version set files_removed_at = now() where model = $1`, [model]);
    await scrubAt(60);
    expect(await rung()).toEqual([]);
    const damage = await database().pool.query('select * from artifact_damage');
    expect(damage.rows).toEqual([]);
  });

  test('of files lost together each is told of, with the snapshot that an erasure has written anew', async () => {
    await place.remove(rows);
    await place.damage(manifest, 'other bytes');
    while (await scrubAt(90));
    const needed = `Needed by: snapshot ${snapshot.slice(0, 16)}.`;
    const told = await rung();
    expect(told.map(({ subject }) => subject)).toEqual([`artifact/${manifest}`, `artifact/${rows}`].toSorted());
    expect(told.every(({ body }) => body.includes(needed))).toBe(true);
    await place.store.putBytes(texts[2] ?? '');
    await place.store.putBytes(texts[3] ?? '');
    await scrubAt(90);
    expect(await rung()).toEqual([]);
  });

  test('however many files stay lost, one that is put back is seen', async () => {
    const lost = Array.from({ length: 60 }, (_, i) => `lost ${i} of ${model}`).toSorted((a, b) =>
      sha256(a) < sha256(b) ? -1 : 1,
    );
    await database().pool.query(
      `update snapshot set manifest = jsonb_build_object('files', $2::jsonb) where digest = $1`,
      [snapshot, JSON.stringify(lost.map((text) => ({ sha256: sha256(text) })))],
    );
    while (await scrubAt(120));
    expect(await rung()).toHaveLength(lost.length);
    await place.store.putBytes(lost.at(-1) ?? '');
    await scrubAt(120);
    await scrubAt(120);
    expect(await rung()).toHaveLength(lost.length - 1);
  });
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createArtifactStore, type ArtifactStore } from '../../../src/artifacts/artifact-store.ts';
import { createDatabase, type Database } from '../../../src/db/base/connect.ts';
import { readCurrentSpec, readSpecRevision } from '../../../src/db/models/specs.ts';
import { putFreeze, removeFreeze } from '../../../src/db/routing/freezes.ts';
import { readRouting } from '../../../src/db/routing/routing.ts';
import { createSegmentSink } from '../../../src/db/traffic/store/store-segment.ts';
import { settlingOf } from '../../../src/db/views/views-settled.ts';
import { dueCorrections, dueFromWindow, moveDue } from '../../../src/db/routing/due-corrections.ts';
import { setWatchShards } from '../../../src/db/watching/watch-layout.ts';
import { applyCorrection } from '../../../src/domain/rollout/correction.ts';
import type { CorrectionSpec } from '../../../src/domain/spec/spec.ts';
import { createRandom } from '../../../src/statistics/numeric/random.ts';
import { createTestDatabase, type TestDatabase } from '../../../tests/worlds/database.ts';
import { testEntities } from '../../../tests/worlds/entity-names.ts';
import { inActivity } from '../../../tests/worlds/in-activity.ts';
import { labelRecord, predictionRecord } from '../../../tests/worlds/spool-records.ts';
import { addWatchedModel, anyModelName, watchedSpec } from '../../../tests/worlds/watched-models.ts';
import { until } from '../../../tests/worlds/wait.ts';
import type { ActivityDependencies } from '../../dependencies.ts';
import { judgeWindowActivities } from '../judge-windows.ts';

let place: TestDatabase;
let database: Database;
let folder: string;
let store: ArtifactStore;
let deps: ActivityDependencies;
let errors: unknown[];

beforeAll(async () => {
  place = await createTestDatabase();
  database = createDatabase(place.url);
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-due-'));
  store = createArtifactStore(folder);
  const quiet = () => undefined;
  deps = {
    database,
    store,
    client: { workflow: { getHandle: () => ({ signal: () => Promise.resolve() }) } },
    log: { error: (told: unknown) => errors.push(told), warn: quiet, info: quiet },
  } as unknown as ActivityDependencies;
  await setWatchShards(database, 1);
});
afterAll(async () => {
  await database.close();
  await place.drop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  errors = [];
});

const shard = { shard: 0, shards: 1 };
const windowRows = 200;
const batchRows = 50;
const correction: CorrectionSpec = { halfLifeRows: 200, rowsMax: 400, labelledRowsMin: 50, everyRows: batchRows };
const judge = () => inActivity(() => judgeWindowActivities(deps).judgeWindows(shard));
const query = async (text: string, ...values: readonly unknown[]) =>
  (await database.pool.query(text, [...values])).rows as Record<string, unknown>[];
const logOdds = ([, share = 0]: readonly number[]) => Math.log(share / (1 - share));
const dueOf = async (model: string) =>
  (await query('select correction_due::int as due from model_stream where model = $1', model))[0]?.['due'];
const correctedAt = async (model: string) =>
  (
    await query(`select subject from evidence where kind = 'correction' and model = $1 order by evidence_id`, model)
  ).map(({ subject }) => subject);
const changesOf = async (model: string) =>
  (await query(`select 1 from audit where type = 'perennial.correction.changed' and model = $1`, model)).length;
const digestOf = async (model: string) => (await readRouting(database.db, model))?.champion?.correction;

interface Traffic {
  readonly model: string;
  rows(): Promise<void>;
  labels(): Promise<void>;
}

/** The champion says a fifth where it is three fifths. */
async function startTraffic(plan: CorrectionSpec, seed: string): Promise<Traffic> {
  const input = watchedSpec(anyModelName(), { watch: { window: { rows: windowRows }, correction: plan } });
  const { spec } = await addWatchedModel(database, store, input);
  const model = spec.name;
  const random = createRandom(seed);
  const sink = createSegmentSink({
    entities: testEntities,
    database,
    profileOf: () => Promise.resolve(null),
    specOf: async (name, revision) => (await readSpecRevision(database.db, name, revision)).spec,
  });
  let [answered, labelled] = [0, 0];
  const send = (records: Parameters<typeof sink.store>[0]['records']) =>
    sink.store({ segmentId: `${model}-${answered}-${labelled}`, processId: 'p', records });
  return {
    model,
    async rows() {
      const from = answered;
      answered += batchRows;
      await send(
        Array.from({ length: batchRows }, (_, i) => {
          const share = 0.1 + 0.2 * random.next();
          return predictionRecord(`${model}-${from + i}`, {
            model,
            entityHash: null,
            numbers: [15],
            texts: [],
            answer: { scores: [1 - share, share], decision: 'fine' },
          });
        }),
      );
    },
    async labels() {
      const from = labelled;
      labelled += batchRows;
      await send(
        Array.from({ length: batchRows }, (_, i) =>
          labelRecord(`${model}-${from + i}`, {
            model,
            predictionId: `${model}-${from + i}`,
            label: random.next() < 0.6 ? 'fraud' : 'fine',
          }),
        ),
      );
    },
  };
}

/** One window, judged: its last batch of rows waits for labels. */
async function firstWindow(plan = correction, seed = 'due'): Promise<Traffic> {
  const traffic = await startTraffic(plan, seed);
  for (let sent = 0; sent < windowRows; sent += batchRows) {
    if (sent > 0) await traffic.labels();
    await traffic.rows();
  }
  expect(await dueOf(traffic.model)).toBeNull();
  await judge();
  return traffic;
}

test('labels that come within a window correct the answers before it ends, once', async () => {
  const traffic = await firstWindow();
  const { model } = traffic;
  const atEnd = await digestOf(model);
  expect(atEnd).not.toBe('identity');
  expect(await correctedAt(model)).toEqual(['window/1/v1']);
  expect(await dueOf(model)).toBe(200);

  const listener = new pg.Client({ connectionString: place.url });
  const heard: string[] = [];
  await listener.connect();
  try {
    await listener.query('listen perennial_window');
    listener.on('notification', ({ payload = '' }) => heard.push(payload));
    await traffic.rows();
    await listener.query('select 1');
    expect(heard).toEqual([]);
    await traffic.labels();
    await until('the watch is told', () => Promise.resolve(heard.length > 0));
  } finally {
    await listener.end();
  }
  const [{ hash } = {}] = await query('select hashtext($1) & 2147483647 as hash', model);
  expect(heard.map((text) => JSON.parse(text))).toEqual([{ model, window: 2, hash }]);
  // No entity is there to decide about the window.
  await query('update "window" set decided_at = now() where model = $1', model);
  expect((await settlingOf(database.db, model)).waitsFor).toBe('a correction within the window');

  expect(await judge()).toEqual({ judged: 0, more: false });
  expect(await correctedAt(model)).toEqual(['window/1/v1', 'window/2/v1/200']);
  expect(await digestOf(model)).not.toBe(atEnd);
  expect(await dueOf(model)).toBe(250);
  expect((await settlingOf(database.db, model)).waitsFor).not.toBe('a correction within the window');
  const changes = await changesOf(model);
  expect(changes).toBe(2);

  // The answer of the activity got lost, and it is asked again.
  expect(await judge()).toEqual({ judged: 0, more: false });
  expect(await correctedAt(model)).toHaveLength(2);
  expect(await changesOf(model)).toBe(changes);
});

test('a worker that dies in the middle leaves nothing behind, and the next one does it once', async () => {
  const traffic = await firstWindow();
  const { model } = traffic;
  const before = await digestOf(model);
  await traffic.labels();
  // Evidence, routing and the next turn are written by now: its connection ends before the transaction does.
  await database.pool.query(
    `create function die() returns trigger language plpgsql as $$
       begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$;
     create trigger die before insert on audit_staged for each row execute function die()`,
  );
  try {
    await expect(judge()).rejects.toThrow('audit_staged');
  } finally {
    await database.pool.query('drop trigger die on audit_staged; drop function die()');
  }
  expect(await correctedAt(model)).toEqual(['window/1/v1']);
  expect(await digestOf(model)).toBe(before);
  expect(await dueOf(model)).toBe(200);

  await judge();
  expect(await correctedAt(model)).toEqual(['window/1/v1', 'window/2/v1/200']);
  expect(await digestOf(model)).not.toBe(before);
  expect(await dueOf(model)).toBe(250);
});

test('a freeze holds answers within a window, and after it the next end of a window begins anew', async () => {
  const traffic = await firstWindow();
  const { model } = traffic;
  const before = await digestOf(model);
  await putFreeze(database.db, { model, kind: 'freeze', actor: 'tests', reason: 'hold' });
  await traffic.rows();
  await traffic.labels();
  expect(await judge()).toEqual({ judged: 0, more: false });
  expect(await correctedAt(model)).toEqual(['window/1/v1']);
  expect(await digestOf(model)).toBe(before);
  expect(await dueOf(model)).toBeNull();

  await removeFreeze(database.db, model);
  for (let sent = batchRows; sent < windowRows; sent += batchRows) {
    await traffic.labels();
    await traffic.rows();
  }
  await judge();
  expect(await correctedAt(model)).toEqual(['window/1/v1', 'window/2/v1']);
  expect(await dueOf(model)).toBe(400);
});

test('one whose correction cannot be read waits for its next turn, and the others are corrected', async () => {
  const [broken, sound] = [await firstWindow(correction, 'broken'), await firstWindow(correction, 'sound')];
  const digest = (await digestOf(broken.model)) ?? '';
  const file = await store.pathOf(digest);
  const bytes = await store.readBytes(digest);
  await rm(file);
  for (const traffic of [broken, sound]) await traffic.labels();
  expect(await judge()).toEqual({ judged: 0, more: false });
  expect(await dueOf(broken.model)).toBe(250);
  expect(await dueOf(sound.model)).toBe(250);
  expect(errors).toMatchObject([{ model: broken.model, labelledRows: 200 }]);
  expect(await correctedAt(broken.model)).toEqual(['window/1/v1']);
  expect(await correctedAt(sound.model)).toEqual(['window/1/v1', 'window/2/v1/200']);

  await writeFile(file, bytes);
  await broken.rows();
  await broken.labels();
  await judge();
  expect(await correctedAt(broken.model)).toEqual(['window/1/v1', 'window/2/v1/250']);
});

test('without everyRows nothing is due within a window, and a definition that drops it ends it', async () => {
  const { everyRows: _, ...plain } = correction;
  expect(await dueOf((await firstWindow(plain)).model)).toBeNull();

  const traffic = await firstWindow();
  const { model } = traffic;
  const { spec, revision } = await readCurrentSpec(database.db, model);
  const without = { ...spec, watch: { ...spec.watch, correction: plain } };
  await query('update spec_revision set spec = $2 where model = $1 and revision = $3', model, without, revision);
  await traffic.labels();
  await judge();
  expect(await dueOf(model)).toBeNull();
  expect(await correctedAt(model)).toEqual(['window/1/v1']);
});

test('what is not corrected is not switched on within a window', async () => {
  const { model, labels } = await firstWindow({ ...correction, labelledRowsMin: 200 });
  expect(await digestOf(model)).toBe('identity');
  expect(await dueOf(model)).toBeNull();
  await query('update model_stream set correction_due = 200 where model = $1', model);
  await labels();
  await judge();
  expect(await dueOf(model)).toBeNull();
  expect(await correctedAt(model)).toEqual(['window/1/v1']);
});

test('all refits of a window together move answers by one step', async () => {
  const traffic = await firstWindow();
  const { model } = traffic;
  const movedFrom = async (first: string, last: string) => {
    const [one, other] = await Promise.all([first, last].map(async (digest) => JSON.parse(await text(digest))));
    const raw = [0.8, 0.2];
    return Math.abs(logOdds(applyCorrection(one, raw)) - logOdds(applyCorrection(other, raw)));
  };
  const text = async (digest: string) => (await store.readBytes(digest)).toString();
  const atEnd = (await digestOf(model)) ?? '';
  await traffic.labels();
  await judge();
  for (let sent = 2 * batchRows; sent < windowRows; sent += batchRows) {
    await traffic.rows();
    await traffic.labels();
    await judge();
  }
  expect((await correctedAt(model)).length).toBeGreaterThan(3);
  expect(await movedFrom(atEnd, (await digestOf(model)) ?? '')).toBeLessThan(0.8);
});

test('a closed window that nobody has looked at comes first; a late one is not put over younger labels', async () => {
  const traffic = await firstWindow();
  const { model } = traffic;
  await traffic.labels();
  const due = async () => (await dueCorrections(database.db, shard, 40)).filter((row) => row.model === model);
  const ofModel = await due();
  expect(ofModel).toEqual([{ model, window: 2, lastSeq: 200, labelledRows: 200, due: 200 }]);
  await query(
    `insert into "window" (model, number, rows, first_seq, last_seq, opened_at) values ($1, 9, 1, 1, 1, now())`,
    model,
  );
  expect(await due()).toEqual([]);
  await query('update "window" set judge_attempts = 1 where model = $1 and number = 9', model);
  expect(await due()).toEqual(ofModel);

  const [taken] = ofModel;
  if (taken === undefined) throw new Error('one is due');
  expect(await moveDue(database.db, taken, 250)).toBe(true);
  expect(await moveDue(database.db, taken, 251)).toBe(false);
  expect(await dueFromWindow(database.db, { model, judgeAttempts: 1 }, 240)).toBe(false);
  expect(await dueOf(model)).toBe(250);
  expect(await dueFromWindow(database.db, { model, judgeAttempts: 0 }, 240)).toBe(true);
  expect(await dueOf(model)).toBe(240);
});

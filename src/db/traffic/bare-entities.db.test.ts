import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SpoolRecord } from '../../domain/record/records.ts';
import { weightOfPercent, type RoutedVersion } from '../../domain/rollout/routing.ts';
import { encodeRecord, parseRecord } from '../../serving/spool/segment-file.ts';
import { bareHashOf, entitiesUnder, keyedHashOf, markBare, testEntities } from '../../../tests/worlds/entity-names.ts';
import { createServingWorld, type ServingWorld } from '../../../tests/worlds/serving-world.ts';
import { labelRecord, predictionRecord } from '../../../tests/worlds/spool-records.ts';
import { holdEntityKey, replaceEntityKey } from '../base/entity-key.ts';
import { rollout } from '../schema/index.ts';
import { mistakesOf } from './read/mistakes.ts';
import { recordWrongDecisions } from './store/record-wrong-decisions.ts';
import { createSegmentSink } from './store/store-segment.ts';

let world: ServingWorld;
let challenger: RoutedVersion;
let segments = 0;
const rolloutKey = { model: 'fraud', version: 2, attempt: 1 };

const store = (...records: readonly SpoolRecord[]) =>
  world.sink.store({ segmentId: `bare-${++segments}`, processId: 'p', records });
const query = async (text: string): Promise<Record<string, unknown>[]> => (await world.database.pool.query(text)).rows;
const labelsOf = () => query('select label_id as id, prediction_id as of from label order by label_seq');
const canary = (id: string, entityHash: string, decision: string): SpoolRecord =>
  predictionRecord(id, {
    entityHash,
    eventTimeMs: null,
    arm: 'challenger',
    stage: 'canary',
    challengerWeight: weightOfPercent(50),
    version: 2,
    routingRevision: 9,
    otherVersion: 1,
    answer: { scores: [0.75, 0.25], decision },
  });

/** What stands is of a release before the key; the rollout began under it, and goes on. */
beforeAll(async () => {
  world = await createServingWorld();
  await world.addVersion(1, [0.75, 0.25]);
  challenger = await world.addVersion(2, [0.25, 0.75]);
  await world.route({ challenger, stage: 'canary', challengerWeight: weightOfPercent(50), rollout: rolloutKey });
  await world.database.db.insert(rollout).values({
    ...rolloutKey,
    status: 'active',
    specRevision: 1,
    salt: 'salt',
    firstRevision: 9,
    startedAt: new Date(Date.now() - 60_000),
  });
  // Marked as keyed, a hash is stored as it came: so these rows look as the release before the key left them.
  await store(
    predictionRecord('old', { entityHash: bareHashOf('c1'), eventTimeMs: 1 }),
    labelRecord('waits', { predictionId: null, entityHash: bareHashOf('c2'), eventTimeMs: 2, label: 'fine' }),
    canary('exposed-1', bareHashOf('twice'), 'fine'),
    canary('exposed-2', bareHashOf('once'), 'fine'),
  );
  await markBare(world.database.pool);
});
afterAll(() => world.close());

test('a record of a release without a key is told by its missing marker, and is stored under the key', async () => {
  const written = predictionRecord('from-spool', { entityHash: bareHashOf('c9'), eventTimeMs: 9 });
  const { isEntityKeyed: _, ...record } = written.record;
  const read = parseRecord(JSON.stringify({ type: 'prediction', record }));
  expect(read.record).toMatchObject({ entityHash: bareHashOf('c9'), isEntityKeyed: false });
  await store(read);
  expect(await query("select entity_hash as hash from prediction where prediction_id = 'from-spool'")).toEqual([
    { hash: keyedHashOf('c9') },
  ]);
  expect(parseRecord(encodeRecord(written))).toEqual(written);
});

test('a label by entity and time finds a row of before, and a label of before finds a row of today', async () => {
  await store(labelRecord('by-key', { predictionId: null, entityHash: keyedHashOf('c1'), eventTimeMs: 1 }));
  await store(
    labelRecord('~again', { predictionId: null, entityHash: keyedHashOf('c2'), eventTimeMs: 2, label: 'fine' }),
  );
  expect(await labelsOf(), 'what a label of before said is only said again').toEqual([
    { id: 'waits', of: null },
    { id: 'by-key', of: 'old' },
  ]);
  await store(predictionRecord('new', { entityHash: keyedHashOf('c2'), eventTimeMs: 2 }));
  expect(await labelsOf()).toEqual([
    { id: 'waits', of: 'new' },
    { id: 'by-key', of: 'old' },
  ]);
});

test('an entity that was exposed before the key stays one, and fails once, by whichever of its rows', async () => {
  await store(
    canary('exposed-3', keyedHashOf('twice'), 'fine'),
    canary('exposed-4', keyedHashOf('fresh'), 'fine'),
    canary('exposed-5', keyedHashOf('twice'), 'fine'),
  );
  const entities = await query('select entity, keyed_entity as keyed from rollout_entity order by first_seq');
  expect(entities).toEqual([
    { entity: bareHashOf('twice'), keyed: keyedHashOf('twice') },
    { entity: bareHashOf('once'), keyed: null },
    { entity: keyedHashOf('fresh'), keyed: null },
  ]);
  await store(
    ...['exposed-3', 'exposed-1', 'exposed-2', 'exposed-4'].map((predictionId) =>
      labelRecord(`wrong-${predictionId}`, { predictionId, label: 'fraud' }),
    ),
  );
  await recordWrongDecisions(world.database.db, rolloutKey, { since: null, throughSeq: 1_000, matureSeq: 1_000 });
  const failed = await query('select wrong_arm as arm, wrong_seq::int as seq from rollout_entity');
  expect(failed).toHaveLength(3);
  expect(failed.every(({ seq }) => seq !== null)).toBe(true);
  const wrong = failed.map(({ arm, seq }) => ({ arm: String(arm), seq: Number(seq) }));
  expect(await mistakesOf(world.database.db, 'fraud', wrong, 9)).toEqual([
    { arm: 'challenger', decision: 'fine', label: 'fraud', entities: 3 },
  ]);
});

test('a process with another key stores nothing and says so; the records wait', async () => {
  const other = entitiesUnder('another');
  const parts = { database: world.database, profileOf: () => Promise.resolve(null), entities: other };
  const sink = createSegmentSink({ ...parts, specOf: () => Promise.resolve(world.spec) });
  const refusal = {
    code: 'configuration',
    message: expect.stringMatching(/^The entities of this database are hashed under installation key \w{8}, and this/),
  };
  await expect(holdEntityKey(world.database.db, other.fingerprint)).rejects.toMatchObject(refusal);
  const segment = { segmentId: 'others', processId: 'p', records: [predictionRecord('not-stored')] };
  await expect(sink.store(segment)).rejects.toMatchObject(refusal);
  expect(await query("select 1 from prediction where prediction_id = 'not-stored'")).toEqual([]);

  expect(await replaceEntityKey(world.database.db, other.fingerprint)).toBe(testEntities.fingerprint);
  expect(await sink.store(segment)).toBe('stored');
  await expect(store(predictionRecord('too-late'))).rejects.toMatchObject(refusal);
  await replaceEntityKey(world.database.db, testEntities.fingerprint);
});

test('when no part of that time is left in the database, nobody looks there for bare hashes any more', async () => {
  const { fingerprint } = testEntities;
  expect(await holdEntityKey(world.database.db, fingerprint)).toMatchObject({
    mayBeInDatabase: true,
    mayBeAnywhere: true,
  });
  await query('update entity_key set bare_part = -1');
  expect(await holdEntityKey(world.database.db, fingerprint)).toMatchObject({
    mayBeInDatabase: false,
    mayBeAnywhere: true,
  });
});

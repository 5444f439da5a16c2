import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { asyncLocalStorage, type Context } from '@temporalio/activity';
import avsc from 'avsc';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ActivityDependencies } from '../../../activities/dependencies.ts';
import { findSourceActivities } from '../../../activities/ingest/find-source.ts';
import { ingestSourceActivities } from '../../../activities/ingest/ingest-source.ts';
import { lookAtSourcesActivities } from '../../../activities/ingest/look-at-sources.ts';
import { createArtifactStore, type ArtifactStore } from '../../../src/artifacts/artifact-store.ts';
import { withDuck } from '../../../src/data/duck/connect.ts';
import { pathLiteral } from '../../../src/data/duck/sql.ts';
import { readQuarantine } from '../../../src/data/snapshot/read-quarantine.ts';
import { withTransaction } from '../../../src/db/base/connect.ts';
import { lineageOf, newestHistoryOf } from '../../../src/db/models/snapshots.ts';
import { storeSpec } from '../../../src/db/models/specs.ts';
import { completeSpec } from '../../../src/domain/spec/default-spec.ts';
import type { KafkaSource } from '../../../src/domain/spec/source-spec.ts';
import { connectSource } from '../../../src/sources/registry.ts';
import { failureOf } from '../../worlds/foreign-rows.ts';
import { findKafkaJars, missingOfKafka } from '../../worlds/kafka-jars.ts';
import { startKafka, type KafkaWorld } from '../../worlds/kafka.ts';
import { openTestDatabase } from '../../worlds/opened-database.ts';
import { titled } from '../../worlds/tools.ts';

const jars = await findKafkaJars();
const missing = missingOfKafka(jars);
const { database } = await openTestDatabase();
const { db, pool } = database;
let world: KafkaWorld;
let workDir = '';
let store: ArtifactStore;
beforeAll(async () => {
  workDir = await mkdtemp(path.join(tmpdir(), 'perennial-kafka-history-'));
  store = createArtifactStore(path.join(workDir, 'artifacts'));
  if (missing === null) world = await startKafka(jars);
});
afterAll(async () => {
  await world?.stop();
  await rm(workDir, { recursive: true });
});

function activities(used: ArtifactStore = store) {
  const place = { roots: [], privateHosts: [world.host] };
  const deps = {
    database,
    store: used,
    workDir,
    connectSource: (spec: Parameters<typeof connectSource>[0]) => connectSource(spec, place),
    log: { warn: () => undefined, error: () => undefined },
  } as unknown as ActivityDependencies;
  const contextOf = (run: string) =>
    ({ heartbeat: () => undefined, info: { base64TaskToken: run, attempt: 1 } }) as unknown as Context;
  const { findSource } = findSourceActivities(deps);
  const { ingestSource } = ingestSourceActivities(deps);
  const { lookAtSources } = lookAtSourcesActivities(deps);
  return {
    find: (model: string) => findSource({ model, specRevision: 1 }),
    ingest: (model: string, run = 'run') =>
      asyncLocalStorage.run(contextOf(run), async () => {
        const { sourceDigest } = await findSource({ model, specRevision: 1 });
        return ingestSource({ model, specRevision: 1, sourceDigest, runId: `ingest/${model}/${run}` });
      }),
    look: async () => {
      await pool.query(`update trigger_look set look_at = now() - interval '1 second'`);
      return lookAtSources();
    },
  };
}

async function define(model: string, topic: string, change: Partial<KafkaSource> = {}): Promise<void> {
  const spec = completeSpec({
    name: model,
    about: { owner: 'o', useCase: 'u', successCriterion: 's' },
    features: [{ kind: 'number', name: 'n', missing: 'refuse', min: 0 }],
    target: { task: 'binary', column: 'outcome', positive: 'bad', negative: 'good', labelDelay: { rows: 1 } },
    source: { kind: 'kafka', brokers: [world.host], topic, format: 'json', batchRows: 10, ...change },
    contract: { quarantineShareMax: 0.3 },
  });
  await withTransaction(database, (tx) => storeSpec(tx, spec, 'somebody'));
}

const row = (n: number) => ({ n, outcome: n % 2 === 0 ? 'good' : 'bad' });
const messages = (from: number, end: number, partitions = 1) =>
  Array.from({ length: end - from }, (_, index) => ({
    value: JSON.stringify(row(from + index)),
    partition: (from + index) % partitions,
  }));
const counted = (count: number) => Array.from({ length: count }, (_, n) => n);

/** `n` of every accepted row of the newest line of snapshots. */
async function stored(model: string): Promise<number[]> {
  const newest = await newestHistoryOf(db, model, 1);
  const line = await lineageOf(db, newest === null ? [] : [newest.digest]);
  const files = await Promise.all(
    line.flatMap(({ manifest }) => manifest.files.map(({ sha256 }) => store.pathOf(sha256))),
  );
  const rows = await withDuck({ threads: 1 }, (duck) =>
    duck.rows(`SELECT n FROM read_parquet([${files.map(pathLiteral).join(', ')}]) ORDER BY n`),
  );
  return rows.map(({ n }) => Number(n));
}

/** Fails at its nth write: before it, or after it, so that it happened and nobody was told. */
function failingAt(write: number, when: 'before' | 'after'): ArtifactStore {
  let writes = 0;
  const failing = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    const isIt = ++writes === write;
    if (isIt && when === 'before') throw new Error('killed');
    const answer = await work();
    if (isIt) throw new Error('killed');
    return answer;
  };
  return {
    ...store,
    putFile: (file) => failing(() => store.putFile(file)),
    putBytes: (bytes) => failing(() => store.putBytes(bytes)),
  };
}

describe.skipIf(missing !== null)(titled('the history of a topic', missing), () => {
  test('each message is in it once, wherever a worker is killed', async () => {
    const topic = await world.newTopic({ partitions: 2 });
    await define('killed', topic);
    let sent = 0;
    for (const [write, when] of [1, 2, 3, 4, 5, 6].flatMap((at) => [[at, 'before'] as const, [at, 'after'] as const])) {
      await world.send(topic, messages(sent, sent + 25, 2));
      sent += 25;
      const { ingest } = activities(failingAt(write, when));
      expect(await failureOf(ingest('killed', `${write}-${when}`))).toMatchObject({ message: 'killed' });
    }
    const ref = await activities().ingest('killed');
    expect(ref).toMatchObject({ rows: sent, quarantinedRows: 0 });
    expect(await stored('killed')).toEqual(counted(sent));
    const { find } = activities();
    expect((await find('killed')).snapshot?.digest, 'nothing new').toBe(ref.digest);
  });

  test('two workers that read at once store each message once', async () => {
    const topic = await world.newTopic({ partitions: 3 });
    await define('raced', topic);
    let sent = 0;
    for (const round of [1, 2, 3]) {
      await world.send(topic, messages(sent, sent + 40, 3));
      sent += 40;
      const { ingest } = activities();
      const more = world.send(topic, messages(sent, sent + 7, 3));
      await Promise.all([ingest('raced', `${round}-a`), ingest('raced', `${round}-b`), more]);
      sent += 7;
    }
    await activities().ingest('raced');
    expect(await stored('raced')).toEqual(counted(sent));
  });

  test('what cannot be decoded, and what breaks a rule, is in quarantine with its place', async () => {
    const topic = await world.newTopic();
    await define('dirty', topic, { batchRows: 100 });
    await world.send(topic, [
      ...messages(0, 5),
      { value: Buffer.from([0xc3, 0x28, 0]) },
      { value: 'oops' },
      { value: '{"n":-1,"outcome":"good"}' },
      ...messages(5, 10),
    ]);
    const ref = await activities().ingest('dirty');
    expect(ref).toMatchObject({ rows: 10, quarantinedRows: 3 });
    const newest = await newestHistoryOf(db, 'dirty', 1);
    expect(newest?.manifest.readingNotes?.slice(0, 2)).toEqual([
      `Of ${topic}: partition 0 offsets 0–12`,
      '2 messages in quarantine, which cannot be decoded',
    ]);
    const rows = await readQuarantine(await store.pathOf(newest?.manifest.quarantineDigest ?? ''));
    expect(rows.map(({ raw, ruleIds }) => [raw, ruleIds])).toEqual([
      [`{"_kafka":"${topic}/0@7","n":-1,"outcome":"good"}`, ['n.range']],
      [`"${topic}/0@5 is not UTF-8; 3 bytes: base64 wygA"`, ['row.shape']],
      [`"${topic}/0@6 is not JSON; 4 bytes: oops"`, ['row.shape']],
    ]);
    await world.send(topic, messages(10, 12));
    expect(await activities().ingest('dirty'), 'it goes on').toMatchObject({ rows: 12 });
  });

  test('Avro with and without the head of a registry, by the schema that is declared', async () => {
    const topic = await world.newTopic();
    const avro = {
      type: 'record',
      name: 'Paid',
      fields: [
        { name: 'outcome', type: { type: 'enum', name: 'Outcome', symbols: ['good', 'bad'] } },
        { name: 'n', type: ['null', 'long'] },
      ],
    } as const;
    await define('packed', topic, { format: { avro } });
    const type = avsc.Type.forSchema(avro as unknown as avsc.Schema);
    const bytes = (n: number) => type.toBuffer(row(n));
    const headed = (n: number) => Buffer.concat([Buffer.of(0, 0, 0, 0, 7), bytes(n)]);
    await world.send(
      topic,
      [0, 1, 2, 3].map((n) => ({ value: n < 2 ? bytes(n) : headed(n) })),
    );
    await world.send(topic, [{ value: Buffer.concat([bytes(4), Buffer.of(9)]) }]);
    const ref = await activities().ingest('packed');
    expect(ref).toMatchObject({ rows: 4, quarantinedRows: 1 });
    expect(await stored('packed')).toEqual(counted(4));
    expect((await newestHistoryOf(db, 'packed', 1))?.manifest.readingNotes).toContain(
      'Ids of a registry not looked at, the declared schema read them: 7',
    );
  });

  test('a look counts what is unread and rings for what was lost, until all is read anew', async () => {
    const topic = await world.newTopic();
    await define('looked', topic);
    await world.send(topic, messages(0, 4));
    await activities().ingest('looked');
    await world.send(topic, messages(4, 10));
    await activities().look();
    const lookOf = async () =>
      (
        await pool.query(
          `select lag_unread::int as unread, lag_unit as unit, failures from trigger_look where model = 'looked'`,
        )
      ).rows[0];
    expect(await lookOf()).toEqual({ unread: 6, unit: 'rows', failures: 0 });
    await world.removeBefore(topic, 0, 7);
    const rung = async () =>
      (await pool.query(`select body, closed_at is null as is_open from alert where kind = 'source-objects'`)).rows;
    expect(await rung()).toEqual([]);
    await activities().look();
    const lost = { body: expect.stringContaining(`${topic}/0 offsets 4–6`), is_open: true };
    expect(await rung()).toEqual([lost]);
    await activities().ingest('looked');
    await activities().look();
    expect(await lookOf()).toMatchObject({ unread: 0 });
    expect(await rung(), 'it is not forgotten with the next batch').toEqual([lost]);
    expect(await stored('looked')).toEqual([0, 1, 2, 3, 7, 8, 9]);
  });
});

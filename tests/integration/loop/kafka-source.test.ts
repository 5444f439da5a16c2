import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SourceTest, SourceView } from '../../../src/contracts/http/data/sources.ts';
import { workflowIds } from '../../../src/domain/words/ids.ts';
import { requestJson } from '../../../src/replay/http.ts';
import { findKafkaJars, missingOfKafka } from '../../worlds/kafka-jars.ts';
import { kafkaLogin, startKafka, type KafkaWorld } from '../../worlds/kafka.ts';
import { startLoopWorld, type LoopWorld } from '../../worlds/loop-world.ts';
import { tinyTable } from '../../worlds/tiny-table.ts';
import { titled } from '../../worlds/tools.ts';
import { until } from '../../worlds/wait.ts';

const jars = await findKafkaJars();
const missing = missingOfKafka(jars);
let kafka: KafkaWorld;
let world: LoopWorld;
beforeAll(async () => {
  if (missing !== null) return;
  kafka = await startKafka(jars);
  world = await startLoopWorld([], {
    variables: {
      PERENNIAL_SOURCE_PRIVATE_HOSTS: kafka.loginHost,
      PERENNIAL_SECRET_KAFKA_USER: kafkaLogin.username,
      PERENNIAL_SECRET_KAFKA_WORD: kafkaLogin.password,
    },
  });
});
afterAll(async () => {
  await world?.close();
  await kafka?.stop();
});

describe.skipIf(missing !== null)(titled('a model of a topic', missing), () => {
  test('it is trained on the messages, and again when more have come, on the old ones and the new ones', async () => {
    const topic = await kafka.newTopic({ partitions: 3 });
    const send = (seed: string, rows: number) =>
      kafka.send(
        topic,
        tinyTable({ seed, rows }).map((row) => ({ value: JSON.stringify({ ...row.cells, y: row.label }) })),
      );
    await send('history', 400);
    await world.champion('pieces', {
      source: {
        kind: 'kafka',
        brokers: [kafka.loginHost],
        topic,
        format: 'json',
        credentials: { username: 'kafka-user', password: 'kafka-word' },
      },
      retrain: {
        growthFactor: null,
        onDecay: false,
        onSpecChange: false,
        onSourceChange: true,
        cooldown: { ms: 1 },
        budget: { runs: 20, per: { rows: 1_000 } },
        labelledRowsMin: 1,
      },
    });
    await send('more', 100);
    const { pool } = world.stack.database;
    await pool.query(
      `update trigger_look set look_at = now() - interval '1 second', decide_at = now() - interval '1 second'`,
    );
    const second = await until('it is trained again', async () => {
      await world.client.schedule.getHandle(workflowIds.triggers()).trigger();
      return (await world.history('pieces')).runs.find(({ runId }) => runId === workflowIds.train('pieces', 2));
    });
    expect(second).toMatchObject({ trigger: 'source-change' });
    await until('v2 is stored', async () =>
      (await world.history('pieces')).versions.some(({ version }) => version === 2),
    );
    const { rows: taken } = await pool.query(
      `select rows::int as rows from snapshot where kind = 'history' order by created_at`,
    );
    expect(taken, 'what was read before is not read again').toEqual([{ rows: 400 }, { rows: 100 }]);
    const control = { url: world.stack.controlUrl, token: world.stack.tokens.admin };
    const view = await requestJson<SourceView>(control, 'GET', '/v1/models/pieces/source');
    expect(view).toMatchObject({
      source: `the topic ${topic} of Kafka at ${kafka.loginHost}`,
      cursor: expect.stringMatching(/^0@\d+, 1@\d+, 2@\d+$/),
      problem: null,
    });
    const tried = await requestJson<SourceTest>(control, 'POST', '/v1/sources/test', { model: 'pieces' });
    expect(tried.sample?.columns.map(({ name }) => name)[0]).toBe('_kafka');
    expect(tried.caveats).toHaveLength(3);
  });
});

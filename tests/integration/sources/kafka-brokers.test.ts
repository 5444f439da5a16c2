import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KafkaSource } from '../../../src/domain/spec/source-spec.ts';
import type { Source, SourcePlace } from '../../../src/sources/port.ts';
import { connectSource } from '../../../src/sources/registry.ts';
import { failureOf } from '../../worlds/foreign-rows.ts';
import { findKafkaJars, missingOfKafka } from '../../worlds/kafka-jars.ts';
import { kafkaLogin, startKafka, type KafkaWorld } from '../../worlds/kafka.ts';
import { readTopic, rowsOf } from '../../worlds/read-topic.ts';
import { titled } from '../../worlds/tools.ts';
import { until } from '../../worlds/wait.ts';

const jars = await findKafkaJars();
const missing = missingOfKafka(jars);
let world: KafkaWorld;
beforeAll(async () => {
  if (missing === null) world = await startKafka(jars);
});
afterAll(() => world?.stop());

function specOf(topic: string, change: Partial<KafkaSource> = {}): KafkaSource {
  return { kind: 'kafka', brokers: [world.host], topic, format: 'json', ...change };
}

function open(topic: string, change: Partial<KafkaSource> = {}, place: Partial<SourcePlace> = {}): Source {
  return connectSource(specOf(topic, change), { roots: [], privateHosts: [world.host], ...place });
}

const numbers = (from: number, end: number) =>
  Array.from({ length: end - from }, (_, index) => ({ value: JSON.stringify({ n: from + index }) }));
const of = (from: number, end: number) => Array.from({ length: end - from }, (_, index) => ({ n: from + index }));

describe.skipIf(missing !== null)(titled('a way to a real broker', missing), () => {
  test('a login by name, and what is said where it is wrong', async () => {
    const topic = await world.newTopic();
    await world.send(topic, numbers(0, 1));
    const secrets = new Map([
      ['user', kafkaLogin.username],
      ['word', kafkaLogin.password],
      ['wrong', 'hunter2'],
    ]);
    const reading = (mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512', password = 'word') =>
      open(
        topic,
        { brokers: [world.loginHost], credentials: { username: 'user', password, mechanism } },
        { secret: async (name) => secrets.get(name) ?? '', privateHosts: [world.loginHost] },
      );
    for (const mechanism of ['plain', 'scram-sha-512'] as const) {
      expect(rowsOf(await readTopic(reading(mechanism)))).toEqual(of(0, 1));
      const refusal = await failureOf(readTopic(reading(mechanism, 'wrong')));
      expect(refusal).toMatchObject({ code: 'invalid_data', path: 'source.credentials' });
      expect(JSON.stringify(refusal)).not.toContain('hunter2');
    }
    expect(await failureOf(readTopic(reading('scram-sha-256')))).toMatchObject({
      path: 'source.credentials.mechanism',
      hint: 'Declare plain or scram-sha-512.',
    });
  });

  test('private addresses are refused unless they are listed, also those that a broker names', async () => {
    const topic = await world.newTopic();
    expect(await failureOf(open(topic, {}, { privateHosts: [] }).identify())).toMatchObject({
      message: `The broker ${world.host} has a private address.`,
      hint: expect.stringContaining('PERENNIAL_SOURCE_PRIVATE_HOSTS'),
    });
    const misled = open(topic, { brokers: [world.misleadingHost] }, { privateHosts: [world.misleadingHost] });
    expect(await failureOf(misled.identify())).toMatchObject({
      message: `The cluster names a broker: ${world.misleadingTo} has a private address.`,
    });
    expect(await failureOf(open('no-such-topic').identify())).toMatchObject({
      message: 'The topic no-such-topic is not there.',
      path: 'source.topic',
    });
    expect(await world.admin.listTopics(), 'nothing is made by reading').not.toContain('no-such-topic');
  });

  test('the next broker is asked where one does not answer', async () => {
    const topic = await world.newTopic();
    await world.send(topic, numbers(0, 1));
    const places = { privateHosts: ['127.0.0.1:1', world.host] };
    expect(rowsOf(await readTopic(open(topic, { brokers: ['127.0.0.1:1', world.host] }, places)))).toEqual(of(0, 1));
    expect(await failureOf(open(topic, { brokers: ['127.0.0.1:1'] }, places).identify())).toMatchObject({
      code: 'unavailable',
      message: 'The broker 127.0.0.1:1 refuses connections.',
    });
  });
});

describe.skipIf(missing !== null)(titled('what a topic of a real broker keeps', missing), () => {
  test('values that compaction removes are not missed, and deleted keys are no rows', async () => {
    const topic = await world.newTopic({
      config: {
        'cleanup.policy': 'compact',
        'segment.ms': '100',
        'min.cleanable.dirty.ratio': '0.01',
        'delete.retention.ms': '0',
      },
    });
    const keyed = (key: string, n: number | null) => ({ key, value: n === null ? null : JSON.stringify({ n }) });
    await world.send(topic, [keyed('a', 0), keyed('b', 1), keyed('a', 2), keyed('c', 3)]);
    const source = open(topic);
    const [first] = await readTopic(source);
    expect(rowsOf(first === undefined ? [] : [first])).toEqual(of(0, 4));
    await world.send(topic, [keyed('a', 4), keyed('b', null), keyed('a', 5), keyed('c', 6)]);
    let n = 7;
    await until('older values are gone', async () => {
      // The newest segment is never compacted: another message begins one.
      await world.send(topic, [keyed(`new-${n}`, n++)]);
      const kept = rowsOf(await readTopic(source)).map((row) => row['n']);
      return kept.every((value) => Number(value) >= 5);
    });
    expect(rowsOf(await readTopic(source, first?.next)), 'the last value of each key').toEqual(of(5, n));
    expect((await source.identify(first?.next)).findings, 'none of it is lost').toEqual([]);
    expect(await source.lag(first?.next ?? null), 'counted in offsets').toEqual({ unread: n - 3, unit: 'rows' });
  });

  test('a message that is larger than what is fetched at once is read whole, with those around it', async () => {
    const topic = await world.newTopic({ config: { 'max.message.bytes': String(16 * 1_048_576) } });
    const text = 'x'.repeat(3 * 1_048_576);
    await world.send(topic, numbers(0, 1));
    await world.send(topic, [{ value: JSON.stringify({ n: 1, text }) }]);
    await world.send(topic, numbers(2, 3));
    const rows = rowsOf(await readTopic(open(topic)));
    expect(rows.map(({ n }) => n)).toEqual([0, 1, 2]);
    expect(rows[1]?.['text'] === text).toBe(true);
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KafkaSource } from '../../../src/domain/spec/source-spec.ts';
import type { Source, SourcePlace } from '../../../src/sources/port.ts';
import { connectSource } from '../../../src/sources/registry.ts';
import { failureOf } from '../../worlds/foreign-rows.ts';
import { findKafkaJars, missingOfKafka } from '../../worlds/kafka-jars.ts';
import { kafkaLogin, startKafka, type KafkaWorld } from '../../worlds/kafka.ts';
import { readTopic, rowsOf } from '../../worlds/read-topic.ts';
import { titled } from '../../worlds/tools.ts';

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

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KafkaSource } from '../../../src/domain/spec/source-spec.ts';
import type { Source, SourcePlace } from '../../../src/sources/port.ts';
import { connectSource, sayCursorOf } from '../../../src/sources/registry.ts';
import { failureOf } from '../../worlds/foreign-rows.ts';
import { findKafkaJars, missingOfKafka } from '../../worlds/kafka-jars.ts';
import { kafkaLogin, startKafka, type KafkaWorld } from '../../worlds/kafka.ts';
import { originsOf, readTopic, rowsOf } from '../../worlds/read-topic.ts';
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

describe.skipIf(missing !== null)(titled('a topic of a real broker', missing), () => {
  test('it is read on from a cursor, in bounded batches, and the name of what was read is that of the look', async () => {
    const topic = await world.newTopic();
    await world.send(topic, numbers(0, 10));
    const source = open(topic, { batchRows: 4 });
    expect(await source.lag(null)).toEqual({ unread: 10, unit: 'rows' });
    const first = await readTopic(source);
    expect(first.map(({ lines }) => lines.length)).toEqual([4, 4, 2]);
    expect(rowsOf(first)).toEqual(of(0, 10));
    expect(originsOf(first)[9]).toBe(`${topic}/0@9`);
    expect(first[1]).toMatchObject({
      name: `${topic} (partition 0 offsets 4–7)`,
      notes: [`Of ${topic}: partition 0 offsets 4–7`],
    });
    const cursor = first.at(-1)?.next ?? '';
    expect(sayCursorOf(specOf(topic), cursor)).toBe('0@10');
    expect(first.at(-1)?.sourceDigest).toBe((await source.identify()).digest);
    expect((await source.identify(cursor)).digest, 'nothing new').toBe(first.at(-1)?.sourceDigest);
    expect(await readTopic(source, cursor)).toEqual([]);
    await world.send(topic, numbers(10, 12));
    expect(await source.lag(cursor)).toEqual({ unread: 2, unit: 'rows' });
    const named = (await source.identify(cursor)).digest;
    const second = await readTopic(source, cursor);
    expect(rowsOf(second)).toEqual(of(10, 12));
    expect(second.at(-1)?.sourceDigest).toBe(named);
    // From a batch that was stored before the worker was killed.
    expect(rowsOf(await readTopic(source, first[0]?.next))).toEqual(of(4, 12));
  });
});

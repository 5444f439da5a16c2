import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KafkaSource } from '../../../src/domain/spec/source-spec.ts';
import type { Source, SourcePlace } from '../../../src/sources/port.ts';
import { connectSource, sayCursorOf } from '../../../src/sources/registry.ts';
import { failureOf } from '../../worlds/foreign-rows.ts';
import { findKafkaJars, missingOfKafka } from '../../worlds/kafka-jars.ts';
import { startKafka, type KafkaWorld } from '../../worlds/kafka.ts';
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
  test('it is read on from a cursor in bounded batches, and a look gives the name that the reading gives', async () => {
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

  test('rows of several partitions come by time, in the order of each, and an added partition is read', async () => {
    const topic = await world.newTopic({ partitions: 2 });
    const at = (partition: number, n: number, timeMs: number) => ({
      value: JSON.stringify({ n }),
      key: `k${n}`,
      partition,
      timestamp: String(timeMs),
    });
    // The third of partition 0 has an earlier time than the one before it.
    await world.send(topic, [at(0, 0, 1_000), at(1, 1, 2_000), at(0, 2, 5_000), at(0, 3, 3_000), at(1, 4, 4_000)]);
    const source = open(topic, { keyColumn: 'id', timeColumn: 'at' });
    const [first] = await readTopic(source);
    expect(rowsOf(first === undefined ? [] : [first])).toEqual([
      { n: 0, id: 'k0', at: '1970-01-01T00:00:01.000Z' },
      { n: 1, id: 'k1', at: '1970-01-01T00:00:02.000Z' },
      { n: 4, id: 'k4', at: '1970-01-01T00:00:04.000Z' },
      { n: 2, id: 'k2', at: '1970-01-01T00:00:05.000Z' },
      { n: 3, id: 'k3', at: '1970-01-01T00:00:03.000Z' },
    ]);
    await world.admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] });
    // A producer of its own, since one that is open knows of no partition that is new.
    await world.transaction(topic, [at(2, 5, 6_000)], 'commit');
    await until('it is committed', async () => (await source.lag(first?.next ?? null))?.unread === 2);
    const second = await readTopic(source, first?.next);
    expect(rowsOf(second)).toMatchObject([{ n: 5 }]);
    expect(originsOf(second)[0]).toBe(`${topic}/2@0`);
    expect(await source.lag(second.at(-1)?.next ?? null)).toEqual({ unread: 0, unit: 'rows' });
  });

  test('a message is a row to its last digit, and what is no object is said with its place and its bytes', async () => {
    const topic = await world.newTopic();
    const values = [
      '{"n":12345678901234567890,"z":"00501"}',
      ' {\n "a": {},\r\n "b": 1}\n ',
      '{}',
      'oops',
      '[1]',
      '"{}"',
      '{"a":1}{"b":2}',
      '{"_kafka":"elsewhere/7@1"}',
      '',
      Buffer.from([0xff, 0xfe, 0x00]),
      `"${'x'.repeat(5_000)}"`,
      null,
    ];
    await world.send(
      topic,
      values.map((value, index) => ({ key: `k${index}`, value })),
    );
    const [batch] = await readTopic(open(topic));
    const origin = `"_kafka":"${topic}/0@`;
    expect(batch?.lines.slice(0, 3)).toEqual([
      `{${origin}0","n":12345678901234567890,"z":"00501"}`,
      `{${origin}1","a": {},  "b": 1}`,
      `{${origin}2"}`,
    ]);
    const said = originsOf(batch === undefined ? [] : [batch]).slice(3);
    expect(said).toEqual([
      `${topic}/0@3 is not JSON; 4 bytes: oops`,
      `${topic}/0@4 is not a JSON object; 3 bytes: [1]`,
      `${topic}/0@5 is not a JSON object; 4 bytes: "{}"`,
      `${topic}/0@6 is not JSON; 14 bytes: {"a":1}{"b":2}`,
      `${topic}/0@7 has a member "_kafka", which is added here; 26 bytes: {"_kafka":"elsewhere/7@1"}`,
      `${topic}/0@8 is not JSON; 0 bytes: `,
      `${topic}/0@9 is not UTF-8; 3 bytes: base64 //4A`,
      expect.stringMatching(/@10 is not a JSON object; 5002 bytes: "x{998}…$/),
    ]);
    expect(batch?.notes.slice(1)).toEqual([
      '1 message without a value left out: they delete a key',
      '8 messages in quarantine, which cannot be decoded',
    ]);
  });

  test('messages that cannot be decoded are refused in front of all, and wait at the end for a row', async () => {
    const topic = await world.newTopic();
    await world.send(topic, [{ value: 'oops' }]);
    const source = open(topic);
    expect(await failureOf(readTopic(source))).toMatchObject({
      code: 'contract_rejected',
      message: expect.stringContaining(`${topic}/0@0 is not JSON; 4 bytes: oops`),
    });
    await world.send(topic, numbers(0, 1));
    const first = await readTopic(source);
    expect(rowsOf(first)).toEqual(of(0, 1));
    await world.send(topic, [{ value: 'again' }]);
    const { next, sourceDigest } = first[0] ?? { next: '', sourceDigest: '' };
    expect(await source.identify(next)).toMatchObject({
      digest: sourceDigest,
      findings: [{ kind: 'undecodable', count: 1, names: [`${topic}/0@2`] }],
      lag: { unread: 1 },
    });
    expect(await readTopic(source, next)).toEqual([]);
    await world.send(topic, numbers(1, 2));
    expect((await source.identify(next)).findings).toEqual([]);
    expect(originsOf(await readTopic(source, next))).toEqual([
      `${topic}/0@3`,
      `${topic}/0@2 is not JSON; 5 bytes: again`,
    ]);
  });

  test('rolled back and open transactions give no row, and marks alone give no new name', async () => {
    const topic = await world.newTopic();
    await world.transaction(topic, numbers(0, 2), 'commit');
    await world.transaction(topic, numbers(100, 103), 'abort');
    await world.send(topic, numbers(2, 3));
    const source = open(topic);
    const read = await readTopic(source);
    expect(rowsOf(read)).toEqual(of(0, 3));
    const { next, sourceDigest } = read.at(-1) ?? { next: '', sourceDigest: '' };
    await world.transaction(topic, numbers(200, 202), 'abort');
    await world.send(topic, [{ key: 'k', value: null }]);
    expect((await source.lag(next))?.unread, 'offsets without rows').toBeGreaterThan(0);
    expect((await source.identify(next)).digest).toBe(sourceDigest);
    expect(await readTopic(source, next)).toEqual([]);
    const open_ = await world.transaction(topic, numbers(3, 5), 'open');
    await world.send(topic, numbers(5, 6));
    expect(await readTopic(source, next), 'nothing behind what may be rolled back').toEqual([]);
    await open_.commit();
    await until('it is committed', async () => (await source.identify(next)).digest !== sourceDigest);
    expect(rowsOf(await readTopic(source, next))).toEqual(of(3, 6));
  });

  test.each(['gzip', 'snappy', 'lz4', 'zstd'])('messages that the broker packs by %s', async (codec) => {
    const topic = await world.newTopic({ config: { 'compression.type': codec } });
    // Enough for several blocks, with repetitions near and far.
    const rows = Array.from({ length: 2_000 }, (_, n) => ({ n, text: `${'again '.repeat(n % 40)}${n * 7_919}` }));
    await world.send(
      topic,
      rows.map((row) => ({ value: JSON.stringify(row) })),
    );
    expect(rowsOf(await readTopic(open(topic)))).toEqual(rows);
  });

  test('what was removed before it was read is counted and said, until all is read anew', async () => {
    const topic = await world.newTopic();
    await world.send(topic, numbers(0, 5));
    const source = open(topic);
    const [first] = await readTopic(source);
    await world.send(topic, numbers(5, 20));
    await world.removeBefore(topic, 0, 12);
    const lost = { kind: 'lost', count: 1, names: [`${topic}/0 offsets 5–11`] };
    expect(await source.identify(first?.next)).toMatchObject({ findings: [lost], lag: { unread: 8 } });
    const second = await readTopic(source, first?.next);
    expect(rowsOf(second)).toEqual(of(12, 20));
    expect(second[0]?.notes.at(-1)).toBe(`7 offsets removed before they were read, the last: ${topic}/0 offsets 5–11`);
    expect((await source.identify(second[0]?.next)).findings).toEqual([lost]);
    expect((await source.identify(null)).findings, 'whoever begins has lost nothing').toEqual([]);
  });

  test('a topic that was made again is refused, also where it has grown past the old place', async () => {
    const topic = await world.newTopic();
    await world.send(topic, numbers(0, 3));
    const source = open(topic);
    const [first] = await readTopic(source);
    await world.admin.deleteTopics({ topics: [topic] });
    // The controller answers first; a busy broker tells of the topic a moment longer.
    const gone = await until(
      'the broker has forgotten it',
      async () => (await failureOf(source.identify(first?.next))) ?? undefined,
    );
    expect(gone).toMatchObject({ code: 'invalid_data', message: `The topic ${topic} is not there.` });
    await until('the name is free', async () => {
      await world.newTopic({ name: topic });
      return true;
    });
    await world.send(topic, numbers(0, 9));
    const refusal = {
      code: 'invalid_data',
      path: 'source.topic',
      message: `The topic ${topic} was made again or set back: it is not the one that was read.`,
    };
    expect(await failureOf(source.identify(first?.next))).toMatchObject(refusal);
    expect(await failureOf(readTopic(source, first?.next))).toMatchObject(refusal);
    expect(rowsOf(await readTopic(source))).toEqual(of(0, 9));
  });

  test('it begins where it is told to, and a group shows people how far it was read', async () => {
    const topic = await world.newTopic();
    const at = (n: number) => ({ value: JSON.stringify({ n }), timestamp: String(Date.UTC(2026, 0, 1 + n)) });
    await world.send(topic, [at(0), at(1), at(2), at(3)]);
    const source = open(topic, { startAt: '2026-01-03T00:00:00Z', group: 'dashboard', batchRows: 1 });
    const read = await readTopic(source);
    expect(rowsOf(read)).toEqual(of(2, 4));
    // A coordinator that is only just starting takes nothing, and the next reading says it again.
    await until('the group stands behind what was read', async () => {
      await readTopic(source, read.at(-1)?.next);
      const [offsets] = await world.admin.fetchOffsets({ groupId: 'dashboard', topics: [topic] });
      return offsets?.partitions[0]?.offset === '4';
    });
    const later = open(topic, { startAt: '2026-06-01T00:00:00Z' });
    expect(await readTopic(later)).toEqual([]);
    await world.send(topic, [{ value: '{"n":4}', timestamp: String(Date.UTC(2026, 5, 1)) }]);
    expect(rowsOf(await readTopic(later))).toEqual(of(4, 5));
  });
});

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KafkaSource } from '../../domain/spec/source-spec.ts';
import type { KafkaRecord, ReadRecords } from './client/record-batches.ts';
import type { Cluster } from './cluster.ts';
import { lineMaker } from './line-of.ts';
import { readBatch } from './read-batch.ts';
import { hasRow } from './read-span.ts';
import { AnswerOfWrongLength } from './refusals.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-read-batch-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const spec: KafkaSource = { kind: 'kafka', brokers: ['b:9092'], topic: 'paid', format: 'json' };
const tooLong = 70_000_000;

/** A broker that hands out each of the answers once, and then what it says it cannot. */
function clusterOf(answers: Readonly<Record<number, readonly ReadRecords[]>>): Cluster {
  const left = new Map(Object.entries(answers).map(([partition, own]) => [Number(partition), [...own]]));
  return {
    topicId: 't',
    partitions: [...left.keys()],
    ask: <Answer>(partition: number) => {
      const answer = left.get(partition)?.shift();
      return answer === undefined
        ? Promise.reject(new AnswerOfWrongLength(tooLong))
        : Promise.resolve(answer as Answer);
    },
    byLeader: (partitions) => [partitions],
    askAt: () => Promise.reject(new Error('nobody else is asked')),
    askAny: () => Promise.reject(new Error('nobody else is asked')),
  };
}

const messages = (from: number, end: number): ReadRecords => ({
  next: end,
  records: Array.from({ length: end - from }, (_, at): KafkaRecord => {
    const offset = from + at;
    return { offset, timeMs: offset, key: null, value: Buffer.from(`{"n":${offset}}`) };
  }),
});

const refusal = {
  code: 'invalid_data',
  path: 'source.topic',
  message: 'What the topic paid hands out in one piece at offset 3 of partition 0 has 70 MB; at most 67 MB are read.',
  hint: expect.stringContaining('kafka-delete-records'),
};

test('what is too large to be handed out ends its partition there, and keeps no other from being read', async () => {
  const file = path.join(folder, 'source');
  const cluster = clusterOf({ 0: [messages(0, 3)], 1: [messages(0, 2), messages(2, 5)] });
  let spans = [
    { partition: 0, from: 0, end: 9 },
    { partition: 1, from: 0, end: 5 },
  ];
  const ask = { bounds: { rowsMax: 100, bytesMax: 1_000_000 }, lineOf: lineMaker(spec), file };
  const first = await readBatch(cluster, spec, { ...ask, spans });
  expect(first.read.map(({ partition, end }) => [partition, end])).toEqual([
    [0, 3],
    [1, 5],
  ]);
  expect((await readFile(file, 'utf8')).trim().split('\n')).toHaveLength(8);

  spans = [
    { partition: 0, from: 3, end: 9 },
    { partition: 1, from: 5, end: 7 },
  ];
  const more = clusterOf({ 0: [], 1: [messages(5, 7)] });
  const second = await readBatch(more, spec, { ...ask, spans });
  expect(second.read).toEqual([{ partition: 1, from: 5, end: 7 }]);
  await expect(readBatch(more, spec, { ...ask, spans: spans.slice(0, 1) })).rejects.toMatchObject(refusal);
});

test('a look finds what stands in other partitions, and where there is nothing names what is too large', async () => {
  const spans = [
    { partition: 0, from: 3, end: 9 },
    { partition: 1, from: 5, end: 7 },
  ];
  const isRow = (): boolean => true;
  expect(await hasRow(clusterOf({ 0: [], 1: [messages(5, 7)] }), 'paid', spans, isRow)).toBe(true);
  const nothing = { records: [], next: 7 };
  await expect(hasRow(clusterOf({ 0: [], 1: [nothing] }), 'paid', spans, isRow)).rejects.toMatchObject(refusal);
});

test('an answer of another length, or to another question, is no message', async () => {
  const spans = [{ partition: 0, from: 3, end: 9 }];
  const broken: Cluster = { ...clusterOf({}), ask: () => Promise.reject(new AnswerOfWrongLength(-5)) };
  await expect(hasRow(broken, 'paid', spans, () => true)).rejects.toMatchObject({
    path: 'source.brokers',
    message: expect.stringContaining('is -5 bytes long'),
  });
});

import { expect, test } from 'vitest';
import { labelRecord, predictionRecord } from '../../../tests/worlds/spool-records.ts';
import { withoutRecords } from './erase-lines.ts';
import { readSegment } from './read-segment.ts';
import { encodeRecord, encodeSegment } from './segment-file.ts';

const [gone, stays] = ['a'.repeat(32), 'b'.repeat(32)];
const of = { names: new Set([`fraud/${gone}`]), untilMs: 100 };
const records = [
  predictionRecord('p1', { entityHash: gone, requestedAtMs: 100 }),
  predictionRecord('p2', { entityHash: stays, requestedAtMs: 100 }),
  predictionRecord('p3', { entityHash: gone, requestedAtMs: 101 }),
  labelRecord('l1', { predictionId: 'p1', receivedAtMs: 500 }),
  labelRecord('l2', { predictionId: 'p2', receivedAtMs: 500 }),
  labelRecord('l3', { predictionId: null, entityHash: gone, eventTimeMs: 5, receivedAtMs: 99 }),
];

test('records of the entity go with what is said of them, later ones stay, and segments stay whole', () => {
  const segment = encodeSegment('s1', 'p', records.map(encodeRecord));
  const cleaned = withoutRecords(`\n${segment}\n${segment}`, of);
  expect(cleaned.records).toBe(6);
  expect(cleaned.text).not.toContain('"p1"');
  const [, first = '', second = ''] = cleaned.text.split('{"type":"head"').map((rest) => `{"type":"head"${rest}`);
  for (const text of [first.trimEnd(), second.trimEnd()]) {
    const read = readSegment(`${text}\n`);
    expect(read.refused).toEqual([]);
    expect(
      read.segment.records.map(({ record }) => ('labelId' in record ? record.labelId : record.predictionId)),
    ).toEqual(['p2', 'p3', 'l2']);
  }
});

test('records that were set aside go with their reasons, and a text without any stays as it is', () => {
  const aside = records.map((record) => JSON.stringify({ reason: 'no such version', line: encodeRecord(record) }));
  const cleaned = withoutRecords(['{"type":"refused","records":6}', ...aside].join('\n'), of);
  expect(cleaned.records).toBe(3);
  expect(cleaned.text.split('\n')).toHaveLength(4);
  const text = encodeSegment('s1', 'p', [encodeRecord(predictionRecord('p2', { entityHash: stays }))]);
  expect(withoutRecords(text, of)).toEqual({ text, records: 0 });
});

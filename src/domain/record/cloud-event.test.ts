import { expect, test } from 'vitest';
import { auditTypes } from './audit-types.ts';
import { cloudEventOf, feedTypes, feedTypesUnder } from './cloud-event.ts';

test('the feed holds what is marked for it, and nothing about tokens, sessions and webhooks', () => {
  expect(feedTypes).toEqual(Object.keys(auditTypes).filter((type) => !/token|session|webhook/.test(type)));
});

test('types are named whole or by their beginning, at a dot', () => {
  expect(feedTypesUnder(['perennial.gate', 'perennial.model.frozen'])).toEqual([
    'perennial.model.frozen',
    'perennial.gate.passed',
    'perennial.gate.refused',
  ]);
  expect(feedTypesUnder([])).toBe(feedTypes);
  for (const wrong of ['perennial.gat', 'perennial.token', 'nothing', 'perennial.gate.passed.twice'])
    expect(() => feedTypesUnder([wrong]), wrong).toThrow('perennial.alert.opened');
});

test('an event names its installation and its place, and data that is no object is no detail', () => {
  const row = {
    seq: 7,
    eventId: 'e',
    at: new Date('2026-05-03T14:03:00Z'),
    type: 'perennial.gate.passed',
    model: 'fraud',
    subject: 'fraud/v3',
    actor: 'judge',
    reason: 'r',
    runId: null,
    evidenceId: 4,
    data: '{"version":3}',
  };
  expect(cloudEventOf(row, 'i')).toMatchObject({
    source: 'urn:uuid:i',
    perennialseq: 7,
    time: '2026-05-03T14:03:00.000Z',
    data: { evidenceId: 4, detail: { version: 3 } },
  });
  expect(cloudEventOf({ ...row, data: '[1]' }, 'i').data.detail).toEqual({});
});

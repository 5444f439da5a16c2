import { expect, test } from 'vitest';
import { hash32, weightOfPercent, type RoutingEntry } from '../../domain/rollout/routing.ts';
import { chooseArm } from './choose-arm.ts';

const version = {
  version: 1,
  modelDigest: 'a',
  profileDigest: 'b',
  correction: 'identity',
  threshold: null,
  specRevision: 1,
};
const entry: RoutingEntry = {
  model: 'fraud',
  revision: 3,
  specRevision: 1,
  champion: version,
  challenger: { ...version, version: 2 },
  stage: 'canary',
  rollout: { model: 'fraud', version: 2, attempt: 1 },
  challengerWeight: weightOfPercent(20),
  salt: 'salt',
  leaseUntilMs: 1_000,
};
const entities = Array.from({ length: 5_000 }, (_, index) => `card-${index}`);
const shareOf = (given: RoutingEntry, nowMs: number, member: boolean): number =>
  entities.filter((entity) => chooseArm(given, entity, 'id', nowMs, member).arm === 'challenger').length /
  entities.length;

test('about the declared share goes to the challenger, the same entities each time, and a ramp only adds', () => {
  expect(shareOf(entry, 500, true)).toBeCloseTo(0.2, 1);
  const wider = { ...entry, challengerWeight: weightOfPercent(50) };
  for (const entity of entities.slice(0, 500)) {
    const before = chooseArm(entry, entity, 'x', 500, true);
    expect(chooseArm(entry, entity, 'y', 500, true)).toEqual(before);
    if (before.arm === 'challenger') expect(chooseArm(wider, entity, 'x', 500, true).arm).toBe('challenger');
  }
});

test('a lapsed lease, a lost membership and the shadow all mean the champion', () => {
  expect(shareOf(entry, 1_001, true)).toBe(0);
  expect(shareOf(entry, 500, false)).toBe(0);
  expect(shareOf({ ...entry, stage: 'shadow' }, 500, true)).toBe(0);
});

test('a row without an entity is assigned by its prediction id', () => {
  expect(chooseArm(entry, null, 'p-1', 500, true).bucket).toBe(hash32('salt', 'p-1'));
});

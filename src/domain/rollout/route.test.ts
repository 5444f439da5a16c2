import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { route } from './route.ts';
import { hash32, weightOfPercent, type RoutedAbTest, type RoutedVersion, type RoutingEntry } from './routing.ts';

const version: RoutedVersion = {
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
const abTest: RoutedAbTest = {
  number: 1,
  salt: 'ab-test/fraud/1',
  share: weightOfPercent(20),
  arms: [
    { name: 'control', version, weight: 2, isStopped: false },
    { name: 'v3', version: { ...version, version: 3 }, weight: 1, isStopped: false },
    { name: 'v4', version: { ...version, version: 4 }, weight: 1, isStopped: false },
  ],
  leaseUntilMs: 1_000,
};
const both: RoutingEntry = { ...entry, abTest };
const keys = Array.from({ length: 40_000 }, (_, index) => `card-${index}`);
const nowMs = 500;
const shareOf = (given: RoutingEntry, at: number, member = true): number =>
  keys.filter((key) => route(given, key, at, member).arm === 'challenger').length / keys.length;
/** How far a share of `of` entities may lie from the truth: four standard deviations. */
const near = (share: number, of: number): number => 4 * Math.sqrt((share * (1 - share)) / of);

describe('without an A/B test', () => {
  test('the same entities go first each time, and a ramp only adds', () => {
    expect(Math.abs(shareOf(entry, nowMs) - 0.2)).toBeLessThan(near(0.2, keys.length));
    const wider = { ...entry, challengerWeight: weightOfPercent(50) };
    for (const key of keys.slice(0, 500))
      if (route(entry, key, nowMs, true).arm === 'challenger')
        expect(route(wider, key, nowMs, true).arm).toBe('challenger');
  });

  test('a lapsed lease, a lost membership and the shadow all mean the champion', () => {
    expect(shareOf(entry, 1_001)).toBe(0);
    expect(shareOf(entry, nowMs, false)).toBe(0);
    expect(shareOf({ ...entry, stage: 'shadow' }, nowMs)).toBe(0);
  });

  test('entries route as they did before there were A/B tests', () => {
    const hash = createHash('sha256');
    for (const stage of ['steady', 'shadow', 'canary'] as const)
      for (const percent of [0, 1, 20, 50, 100])
        for (const leaseUntilMs of [null, 400, 1_000])
          for (const key of keys.slice(0, 300)) {
            const challenger = stage === 'steady' ? null : entry.challenger;
            const given = { ...entry, stage, challenger, challengerWeight: weightOfPercent(percent), leaseUntilMs };
            const { bucket, arm } = route(given, key, nowMs, true);
            hash.update(`${bucket} ${arm}\n`);
          }
    // Recorded of the release before: an arm that moved would take its entity out of an open rollout.
    expect(hash.digest('hex')).toBe('cf460ddebf9acb92e4c984a1ccca3d8990b7a0934e65bfda70b0f5fb2d41869f');
  });
});

describe('beside a rollout', () => {
  const routes = keys.map((key) => ({ key, ...route(both, key, nowMs, true) }));
  const inside = routes.filter(({ arm }) => arm === 'ab-test');
  const outside = routes.filter(({ arm }) => arm !== 'ab-test');

  test('an A/B test takes its share of all entities, the same each time, and gives them to its arms by weight', () => {
    expect(Math.abs(inside.length / keys.length - 0.2)).toBeLessThan(near(0.2, keys.length));
    for (const [at, share] of [0.5, 0.25, 0.25].entries()) {
      const found = inside.filter(({ abTestArm }) => abTestArm === at).length / inside.length;
      expect(Math.abs(found - share)).toBeLessThan(near(share, inside.length));
    }
    for (const { key, ...before } of inside.slice(0, 200)) expect(route(both, key, nowMs, true)).toEqual(before);
  });

  test('all others go as they would without it, and the rollout sees the share that its weight says', () => {
    for (const { key, ...found } of outside) expect(route(entry, key, nowMs, true)).toEqual(found);
    const challengers = outside.filter(({ arm }) => arm === 'challenger').length / outside.length;
    expect(Math.abs(challengers - 0.2)).toBeLessThan(near(0.2, outside.length));
  });

  test('which arm an entity has says nothing about its place in the rollout, or in the share', () => {
    for (const at of [0, 1, 2]) {
      const arm = inside.filter(({ abTestArm }) => abTestArm === at);
      const low = arm.filter(({ key }) => hash32('salt', key) < weightOfPercent(50)).length / arm.length;
      expect(Math.abs(low - 0.5)).toBeLessThan(near(0.5, arm.length));
      const early = arm.filter(({ bucket }) => bucket < abTest.share / 2).length / arm.length;
      expect(Math.abs(early - 0.5)).toBeLessThan(near(0.5, arm.length));
    }
  });

  test('a wider share only adds, and nobody changes arm', () => {
    const wider = { ...both, abTest: { ...abTest, share: weightOfPercent(40) } };
    for (const { key, abTestArm } of inside.slice(0, 500))
      expect(route(wider, key, nowMs, true)).toMatchObject({ arm: 'ab-test', abTestArm });
  });

  test('after its lease, and in a process that is no member, there is no A/B test', () => {
    const ended = { ...both, abTest: { ...abTest, leaseUntilMs: 400 } };
    for (const { key } of inside.slice(0, 200)) {
      expect(route(ended, key, nowMs, true)).toEqual(route(entry, key, nowMs, true));
      expect(route(both, key, nowMs, false)).toMatchObject({ arm: 'champion', abTestArm: null });
    }
  });

  test('one that was stopped keeps its entities', () => {
    const arms = abTest.arms.map((arm, at) => ({ ...arm, isStopped: at === 1 }));
    const stopped = { ...both, abTest: { ...abTest, arms } };
    for (const { key, ...before } of inside.slice(0, 200)) expect(route(stopped, key, nowMs, true)).toEqual(before);
  });
});

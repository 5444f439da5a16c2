import { expect, test } from 'vitest';
import type { RoutedVersion, RoutingEntry } from '../../domain/rollout/routing.ts';
import { createSuspects, missingVersions, neededVersions } from './needed-versions.ts';
import { versionKey } from './version-key.ts';

const routed = (version: number): RoutedVersion => ({
  version,
  modelDigest: `digest-${version}`,
  profileDigest: 'p',
  correction: 'identity',
  threshold: null,
  specRevision: 1,
});
const entry: RoutingEntry = {
  model: 'fraud',
  revision: 1,
  specRevision: 1,
  champion: routed(1),
  challenger: routed(2),
  stage: 'shadow',
  rollout: { model: 'fraud', version: 2, attempt: 1 },
  challengerWeight: 0,
  salt: 's',
  leaseUntilMs: null,
};
const champion = versionKey('fraud', routed(1));
const challenger = versionKey('fraud', routed(2));

test('a process lacks what is routed and not in memory', () => {
  const needed = neededVersions([entry], new Set());
  expect(missingVersions(needed, new Set())).toEqual([champion, challenger]);
  expect(missingVersions(needed, new Set([champion, challenger, 'old']))).toEqual([]);
});

test('arms of an A/B test are needed like challengers, but for the champion and for those that were stopped', () => {
  const arm = (version: number, isStopped = false) => ({
    name: `v${version}`,
    version: routed(version),
    weight: 1,
    isStopped,
  });
  const abTest = { number: 1, salt: 's', share: 1, arms: [arm(1), arm(4), arm(5, true)], leaseUntilMs: null };
  const needed = neededVersions([{ ...entry, abTest }], new Set());
  expect([...needed.champions]).toEqual([champion]);
  expect([...needed.challengers]).toEqual([challenger, versionKey('fraud', routed(4))]);
  // After a promotion beside the test its control is one more version to hold.
  const promoted = neededVersions([{ ...entry, champion: routed(2), challenger: null, abTest }], new Set());
  expect([...promoted.challengers]).toEqual([champion, versionKey('fraud', routed(4))]);
});

test('the second crash excludes a challenger, until it leaves the routing', () => {
  const suspects = createSuspects();
  expect(suspects.accuse([challenger])).toEqual([]);
  expect(suspects.accuse([challenger])).toEqual([challenger]);
  expect(suspects.accuse([challenger])).toEqual([]);
  expect(missingVersions(neededVersions([entry], suspects.excluded), new Set([champion]))).toEqual([]);
  suspects.keepOnly(new Set([challenger]));
  expect(suspects.excluded.has(challenger)).toBe(true);
  suspects.keepOnly(new Set());
  expect(suspects.accuse([challenger])).toEqual([]);
  expect(suspects.excluded.size).toBe(0);
});

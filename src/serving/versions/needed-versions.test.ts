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

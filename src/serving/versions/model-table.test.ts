import { expect, test } from 'vitest';
import { completeSpec } from '../../domain/spec/default-spec.ts';
import {
  weightOfPercent,
  type RoutedAbTest,
  type RoutedVersion,
  type RoutingEntry,
} from '../../domain/rollout/routing.ts';
import { servedInMemory } from '../../../tests/worlds/serving-in-memory.ts';
import { createModelTable } from './model-table.ts';
import type { VersionHost } from './version-host.ts';
import { versionKey } from './version-key.ts';

const spec = completeSpec({
  name: 'fraud',
  about: { owner: 'team', useCase: 'test', successCriterion: 'test' },
  features: [{ kind: 'number', name: 'amount', missing: 'refuse' }],
  target: { task: 'binary', column: 'y', positive: 'fraud', negative: 'fine', labelDelay: { rows: 1 } },
  source: { kind: 'file', path: 'x.csv', format: 'csv' },
});
const routed = (version: number): RoutedVersion => ({
  version,
  modelDigest: `digest-${version}`,
  profileDigest: 'p',
  correction: 'identity',
  threshold: null,
  specRevision: 1,
});
const abTest: RoutedAbTest = {
  number: 1,
  salt: 's',
  share: weightOfPercent(20),
  arms: [1, 2].map((version) => ({
    name: version === 1 ? 'control' : 'v2',
    version: routed(version),
    weight: 1,
    isStopped: false,
  })),
  leaseUntilMs: 100,
};
const entry: RoutingEntry & { digest: string } = {
  model: 'fraud',
  revision: 7,
  digest: 'd7',
  specRevision: 1,
  champion: routed(1),
  challenger: routed(3),
  stage: 'canary',
  rollout: { model: 'fraud', version: 3, attempt: 1 },
  challengerWeight: weightOfPercent(10),
  salt: 'salt',
  leaseUntilMs: 100,
  abTest,
};

/** A table whose host has these versions, and could not load those. */
async function tableWith(loaded: readonly number[], failed: readonly number[] = [], excluded: readonly number[] = []) {
  const { champion } = servedInMemory(spec, { score: () => [0.5, 0.5] });
  if (champion === null) throw new Error('it has a champion');
  let now = entry;
  const host = {
    get: (_model: string, { version }: RoutedVersion) => (loaded.includes(version) ? champion : undefined),
    load: () => Promise.resolve(false),
    correction: () => Promise.resolve(null),
    failed: failed.map((version) => versionKey('fraud', routed(version))),
  } as unknown as VersionHost;
  const table = createModelTable({
    source: { read: () => Promise.resolve([now]), spec: () => Promise.resolve(spec) },
    host,
    excluded: new Set(excluded.map((version) => versionKey('fraud', routed(version)))),
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  await table.refresh({ shouldLoad: false });
  return {
    served: () => table.get('fraud'),
    applied: () => table.applied.map(({ revision }) => revision),
    async renew(leaseUntilMs: number) {
      now = { ...entry, abTest: { ...abTest, leaseUntilMs } };
      await table.refresh({ shouldLoad: false });
    },
  };
}

test('with all arms in memory it runs, and its lease is renewed without a new revision', async () => {
  const { served, applied, renew } = await tableWith([1, 2, 3]);
  expect(served()?.abTest?.arms.map(({ version }) => version)).toEqual([1, 2]);
  expect(applied()).toEqual([7]);
  await renew(900);
  expect(served()?.entry).toMatchObject({ leaseUntilMs: 100, abTest: { leaseUntilMs: 900 } });
});

test('while an arm is being loaded the rollout goes on, and the revision is not acknowledged', async () => {
  const { served, applied } = await tableWith([1, 3]);
  expect(served()).toMatchObject({ abTest: null, entry: { abTest: null, stage: 'canary', revision: 6 } });
  expect(served()?.challenger?.routed.version).toBe(3);
  expect(applied()).toEqual([]);
});

test.each([
  ['cannot be loaded', [2], []],
  ['has ended processes', [], [2]],
])('where an arm %s there is no test, and no rollout waits for it', async (_, failed, excluded) => {
  const { served, applied } = await tableWith([1, 3], failed, excluded);
  expect(served()).toMatchObject({ abTest: null, entry: { abTest: null, stage: 'canary', revision: 7 } });
  expect(applied()).toEqual([7]);
});

import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type { ArtifactStore } from '../../src/artifacts/artifact-store.ts';
import { withTransaction, type Database } from '../../src/db/base/connect.ts';
import { storeSpec } from '../../src/db/models/specs.ts';
import { counter, routing, version, window } from '../../src/db/schema/index.ts';
import { completeSpec, type ModelSpecInput } from '../../src/domain/spec/default-spec.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import type { ReferenceProfile } from '../../src/domain/training/profile.ts';

/** A model with a champion that nobody trained: what its windows are held against is known cell by cell. */
export interface WatchedModel {
  readonly spec: ModelSpec;
  readonly profileDigest: string;
}

const profile: ReferenceProfile = {
  formatVersion: 1,
  rows: 1_000,
  features: [{ name: 'amount', kind: 'binned', edges: [10, 20], counts: [300, 400, 300], missing: 0 }],
  prediction: { name: 'prediction', kind: 'binned', edges: [0.5], counts: [800, 200], missing: 0 },
};
export const steadyCells = [
  [60, 80, 60, 0],
  [160, 40, 0],
] as const;
export const driftedCells = [
  [0, 10, 190, 0],
  [160, 40, 0],
] as const;

export function watchedSpec(name: string, more: Partial<ModelSpecInput> = {}): ModelSpecInput {
  return {
    name,
    about: { owner: 'team', useCase: 'test', successCriterion: 'test' },
    features: [{ kind: 'number', name: 'amount', missing: 'refuse' }],
    target: { task: 'binary', column: 'label', positive: 'fraud', negative: 'fine', labelDelay: { rows: 1 } },
    source: { kind: 'file', path: 'x.csv', format: 'csv' },
    watch: { window: { rows: 200 } },
    ...more,
  };
}

/** A model, its version 1 as champion, and a reference with a digest of its own. */
export async function addWatchedModel(
  database: Database,
  store: ArtifactStore,
  input: ModelSpecInput,
  more: Partial<ReferenceProfile> = {},
): Promise<WatchedModel> {
  const spec = completeSpec(input);
  const profileDigest = await store.putBytes(JSON.stringify({ ...profile, ...more, of: spec.name }));
  const routed = {
    version: 1,
    modelDigest: '0'.repeat(64),
    profileDigest,
    correction: 'identity',
    threshold: 0.5,
    specRevision: 1,
  };
  await withTransaction(database, async (tx) => {
    await storeSpec(tx, spec, 'test');
    const { version: number, ...row } = routed;
    await tx.insert(version).values({
      ...row,
      model: spec.name,
      version: number,
      runId: `train/${spec.name}/1`,
      status: 'released',
      snapshots: [],
      report: {} as never,
      labelledRows: 0,
      gateVerdict: 'pass',
    });
    const [found] = await tx.select().from(routing).where(eq(routing.model, spec.name));
    if (found === undefined) throw new Error('a stored spec has a routing entry');
    const entry = { ...found.entry, revision: 2, champion: routed, stage: 'steady' } as const;
    await tx.update(routing).set({ revision: 2, entry }).where(eq(routing.model, spec.name));
  });
  return { spec, profileDigest };
}

/** A closed window of 200 rows as counters tell of it; no row stands behind it. */
export async function addClosedWindow(
  { db }: Pick<Database, 'db'>,
  model: string,
  number: number,
  cells: readonly (readonly number[])[] = steadyCells,
): Promise<void> {
  const rows = 200;
  await db.insert(counter).values({
    model,
    windowNumber: number,
    version: 1,
    arm: 'champion',
    routingRevision: 2,
    rows,
    failed: 0,
    slow: 0,
    latencySumUs: 0,
    latencyMaxUs: 0,
    cells,
  });
  await db.insert(window).values({
    model,
    number,
    rows,
    firstSeq: (number - 1) * rows + 1,
    lastSeq: number * rows,
    openedAt: new Date(),
  });
}

/** The name of a model that nothing else has. */
export const anyModelName = (): string => `m-${randomUUID()}`;

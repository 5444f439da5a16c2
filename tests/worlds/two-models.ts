import { putErasure } from '../../src/db/erasure/erasures.ts';
import { createHash, randomUUID } from 'node:crypto';
import { openAlert } from '../../src/db/watching/alerts.ts';
import { withTransaction, type Database } from '../../src/db/base/connect.ts';
import { putEvidence } from '../../src/db/runs/evidence.ts';
import {
  aliasMove,
  annotation,
  experiment,
  rollout,
  run,
  snapshot,
  snapshotTag,
  snapshotTagMove,
  version,
  webhook,
} from '../../src/db/schema/index.ts';
import { storeView } from '../../src/db/feature-views/store-view.ts';
import { storeSpec } from '../../src/db/models/specs.ts';
import { completeSpec } from '../../src/domain/spec/default-spec.ts';
import type { SnapshotManifest } from '../../src/domain/training/snapshot.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { viewOf } from './a-view.ts';
import { seedAbTest } from './seed-ab-test.ts';
import type { Seeded } from '../integration/access/authorization-table.ts';

export function specOf(name: string): ModelSpec {
  return completeSpec({
    name,
    about: { owner: `owners of ${name}`, useCase: 'Tests.', successCriterion: 'They pass.' },
    features: [{ kind: 'number', name: 'amount', missing: 'refuse', min: 0 }],
    target: { task: 'binary', column: 'outcome', positive: 'fraud', negative: 'genuine', labelDelay: { rows: 100 } },
    source: { kind: 'file', path: 'a.csv', format: 'csv' },
  });
}

/** A model with one of everything that has an id. */
export async function seedModel(database: Database, name: string, number: number): Promise<Seeded> {
  const { db } = database;
  const digest = createHash('sha256').update(name).digest('hex');
  await withTransaction(database, (tx) => storeSpec(tx, specOf(name), 'seed'));
  await openAlert(db, {
    model: name,
    kind: 'drift',
    subject: { of: 'version', version: 1 },
    severity: 'warning',
    title: `${name} drifted`,
    body: 'b',
    webhooks: [],
  });
  const { rows } = await database.pool.query<{ alert_id: string }>('select alert_id from alert where model = $1', [
    name,
  ]);
  const runId = `train/${name}/1`;
  await db.insert(run).values({ runId, model: name, kind: 'train', status: 'failed', input: {}, trigger: 'person' });
  const evidence = await putEvidence(db, {
    model: name,
    kind: 'gate',
    subject: { of: 'run', runId },
    verdict: 'pass',
    body: { said: `of ${name}` },
  });
  await db
    .insert(version)
    .values({ ...versionRow(digest), model: name, version: number, runId, gateEvidenceId: evidence.evidenceId });
  await db.insert(rollout).values({
    model: name,
    version: number,
    attempt: 1,
    status: 'held',
    heldSince: new Date(),
    specRevision: 1,
    salt: 's',
    evidenceId: evidence.evidenceId,
  });
  await db
    .insert(aliasMove)
    .values({ model: name, alias: 'champion', toVersion: number, actor: 'seed', why: 'first', routingRevision: 1 });
  await seedAbTest(database, name, number);
  await db.insert(run).values({
    runId: `experiment/${name}/1`,
    model: name,
    kind: 'experiment',
    status: 'failed',
    input: {},
    trigger: 'person',
  });
  await db
    .insert(experiment)
    .values({ model: name, number: 1, snapshot: digest, metric: 'logLoss', actor: 'seed', reason: 'a test' });
  const [noted] = await db
    .insert(annotation)
    .values({ model: name, version: null, kind: 'note', text: `about ${name}`, actor: 'seed' })
    .returning();
  await db.insert(snapshot).values({
    digest,
    model: name,
    specRevision: 1,
    kind: 'history',
    sourceDigest: digest,
    rows: 10,
    quarantinedRows: 0,
    manifest: manifestOf(name, digest),
  });
  const tag = { model: name, tag: 'kept', digest };
  const [moved] = await db
    .insert(snapshotTagMove)
    .values({ ...tag, actor: 'seed', reason: 'seeded' })
    .returning();
  await db.insert(snapshotTag).values({ ...tag, moveId: moved?.moveId ?? 0 });
  const view = viewOf(`${name}-view`);
  await withTransaction(database, (tx) => storeView(tx, view, 'seed'));
  const erasureId = randomUUID();
  const asked = {
    erasureId,
    scope: 'model',
    name,
    entity: 'hash',
    isDryRun: false,
    actor: 'seed',
    reason: 'a test',
  } as const;
  await withTransaction(database, (tx) => putErasure(tx, asked, { entity: 'somebody', names: [] }));
  const webhookId = randomUUID();
  await db
    .insert(webhook)
    .values({ webhookId, url: `https://hooks.example/${name}`, models: name, types: [], cursor: 0, createdBy: 'seed' });
  return {
    name,
    version: number,
    alert: rows[0]?.alert_id ?? '',
    run: runId,
    annotation: String(noted?.annotationId),
    snapshot: digest,
    evidence: String(evidence.evidenceId),
    webhook: webhookId,
    view: view.name,
    erasure: erasureId,
  };
}

function versionRow(digest: string) {
  return {
    status: 'released' as const,
    specRevision: 1,
    modelDigest: digest,
    profileDigest: digest,
    correction: 'identity',
    threshold: 0.5,
    snapshots: [digest],
    report: JSON.parse(
      '{"candidate":{"testMetrics":{"auroc":0.91,"rows":500},"slices":[]},"release":{"family":"gbdt"},"champion":null}',
    ),
    labelledRows: 1_000,
    throughWindow: null,
    gateVerdict: 'pass',
  };
}

function manifestOf(model: string, digest: string): SnapshotManifest {
  return {
    formatVersion: 1,
    model,
    specRevision: 1,
    sourceDigest: digest,
    contractDigest: digest,
    files: [],
    rows: 10,
    labelledRows: 10,
    quarantinedRows: 0,
    quarantineDigest: null,
    logicalDigest: digest,
    schema: [],
    ruleCounts: [],
    profile: [],
    parents: [],
  };
}

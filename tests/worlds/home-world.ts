import { parseSpec } from '../../src/contracts/spec/parse-spec.ts';
import { withTransaction, type Database } from '../../src/db/base/connect.ts';
import { putEvidence } from '../../src/db/runs/evidence.ts';
import {
  aliasMove,
  alert,
  annotation,
  decision,
  modelStream,
  rollout,
  routing,
  window,
} from '../../src/db/schema/index.ts';
import { putWindowQuality } from '../../src/db/watching/put-window-quality.ts';
import { storeSpec } from '../../src/db/models/specs.ts';
import { completeSpec, type ModelSpecInput } from '../../src/domain/spec/default-spec.ts';
import { weightOfPercent, type RoutingEntry } from '../../src/domain/rollout/routing.ts';

/** Written by somebody as a note: it must be shown as it stands and do nothing. */
export const hostile = '<img src=x onerror=alert(1)>';

const at = (text: string): Date => new Date(text);
const routed = (version: number) => ({
  version,
  modelDigest: 'a'.repeat(64),
  profileDigest: 'b'.repeat(64),
  correction: 'identity',
  threshold: 0.5,
  specRevision: 1,
});

function specOf(name: string, change: Partial<ModelSpecInput> = {}) {
  return parseSpec(
    completeSpec({
      name,
      about: { owner: 'risk', useCase: 'Tests.', successCriterion: 'They pass.' },
      features: [{ kind: 'number', name: 'amount', missing: 'refuse', min: 0 }],
      target: { task: 'binary', column: 'outcome', positive: 'yes', negative: 'no', labelDelay: { rows: 100 } },
      source: { kind: 'file', path: 'a.csv', format: 'csv' },
      ...change,
    }),
  );
}

async function store(database: Database, name: string, change: Partial<ModelSpecInput> = {}): Promise<void> {
  const spec = specOf(name, change);
  await withTransaction(database, (tx) =>
    storeSpec(
      tx,
      {
        ...spec,
        rollout: { ...spec.rollout, promotion: { ...spec.rollout.promotion, metric: 'logLoss' } },
        watch: { ...spec.watch, effectMin: 0.1 },
      },
      'ann',
    ),
  );
}

async function serve(database: Database, name: string, change: Partial<RoutingEntry>): Promise<void> {
  const entry: RoutingEntry = {
    model: name,
    revision: 2,
    specRevision: 1,
    champion: routed(1),
    challenger: null,
    stage: 'steady',
    rollout: null,
    challengerWeight: 0,
    salt: 's',
    leaseUntilMs: null,
    ...change,
  };
  await database.db
    .insert(routing)
    .values({ model: name, revision: 2, entry })
    .onConflictDoUpdate({ target: routing.model, set: { revision: 2, entry } });
}

/** One model with everything going on, one quiet, one without a champion, and sixty more. */
export async function seedHome(database: Database): Promise<void> {
  const { db } = database;
  const value = {
    currency: 'EUR',
    truePositive: { fixed: 1 },
    falsePositive: { fixed: -1 },
    trueNegative: { fixed: 0 },
    falseNegative: { fixed: -10 },
  };
  await store(database, 'payments.fraud', { value });
  await store(database, 'shop.returns', { about: { owner: 'books', useCase: 'Returns.', successCriterion: 'Fewer.' } });
  await store(database, 'new');
  await serve(database, 'shop.returns', {});
  await db
    .insert(modelStream)
    .values({ model: 'shop.returns', lastSeq: 9_000 })
    .onConflictDoUpdate({ target: modelStream.model, set: { lastSeq: 9_000 } });
  // oxlint-disable-next-line no-await-in-loop -- each takes the lock of its own model; sixty are soon made
  for (let i = 0; i < 60; i++)
    await store(database, `bulk-${String(i).padStart(2, '0')}`).then(() =>
      serve(database, `bulk-${String(i).padStart(2, '0')}`, {}),
    );
  await seedFraud(database);
}

async function seedFraud(database: Database): Promise<void> {
  const { db } = database;
  const model = 'payments.fraud';
  await serve(database, model, {
    champion: routed(2),
    challenger: routed(3),
    stage: 'canary',
    rollout: { model, version: 3, attempt: 1 },
    challengerWeight: weightOfPercent(25),
  });
  await db
    .insert(modelStream)
    .values({ model, lastSeq: 2_000, openWindow: 3 })
    .onConflictDoUpdate({ target: modelStream.model, set: { lastSeq: 2_000, openWindow: 3 } });
  await db.insert(rollout).values({
    model,
    version: 3,
    attempt: 1,
    status: 'held',
    step: 1,
    baseVersion: 2,
    specRevision: 1,
    salt: 's',
    heldSince: at('2026-05-05T00:00:00Z'),
    reason: 'the bound is 25 %',
    startedAt: at('2026-05-04T00:00:00Z'),
  });
  const promotion = await putEvidence(db, {
    model,
    kind: 'promotion',
    subject: { of: 'pairing', version: 2, attempt: 1, throughSeq: 900, isDeadline: false },
    verdict: 'promote',
    body: {},
  });
  await db.insert(aliasMove).values([
    {
      model,
      alias: 'champion',
      fromVersion: null,
      toVersion: 1,
      actor: 'platform',
      why: 'first champion',
      routingRevision: 1,
      movedAt: at('2026-05-01T00:00:00Z'),
    },
    {
      model,
      alias: 'champion',
      fromVersion: 1,
      toVersion: 2,
      actor: 'rollout',
      why: 'Log loss is 0.2 better.',
      evidenceId: promotion.evidenceId,
      routingRevision: 2,
      movedAt: at('2026-05-03T00:00:00Z'),
    },
  ]);
  for (const number of [1, 2]) await seedWindow(database, model, number);
  const line = (windowNumber: number, rest: Partial<typeof decision.$inferInsert>): typeof decision.$inferInsert => ({
    model,
    key: `window/${windowNumber}`,
    windowNumber,
    retrain: false,
    trigger: 'drift',
    blockedBy: 'cooldown',
    reason: `did not retrain because the cooldown lasts, ${windowNumber}`,
    considered: [],
    createdAt: at(`2026-05-1${windowNumber}T00:00:00Z`),
    ...rest,
  });
  await db.insert(decision).values([
    line(2, {
      retrain: true,
      blockedBy: null,
      reason: 'retrains because drift in window 2 (amount)',
      runId: 'train/payments.fraud/2',
    }),
    line(3, {}),
    line(4, {}),
    line(5, {}),
  ]);
  await db.insert(alert).values([
    {
      model,
      kind: 'drift',
      subject: 'v2',
      severity: 'warning',
      windowNumber: 2,
      title: `${model}: amount drifted in window 2`,
      body: 'It has moved.',
    },
    {
      model,
      kind: 'decay',
      subject: 'v2',
      severity: 'critical',
      title: `${model}: quality has decayed`,
      body: 'Loss rose.',
    },
  ]);
  await db.insert(annotation).values([
    { model, kind: 'tag', text: 'money', actor: 'ann' },
    { model, kind: 'note', text: hostile, actor: 'ann' },
  ]);
}

async function seedWindow(database: Database, model: string, number: number): Promise<void> {
  const { db } = database;
  const feature = (name: string, effect: number) => ({
    name,
    kind: 'feature',
    effect,
    jsAboveFloor: effect / 3,
    drifted: effect > 0.1,
    text: `"${name}" has moved.`,
  });
  const drift = {
    verdict: 'drift',
    rows: 1_000,
    text: 'Drift in 1 of 2 distributions over 1,000 rows.',
    drifted: ['amount'],
    features: [feature('amount', number * 0.15), feature('hour', 0.01)],
    histograms: [{ name: 'amount', labels: ['up to 10', 'above 10'], reference: [50, 50], current: [10, 90] }],
  };
  const decay = { verdict: 'steady', recentLoss: 0.2, referenceLoss: 0.2, text: 'Loss is steady.' };
  const evidence = await putEvidence(db, {
    model,
    kind: 'window',
    subject: { of: 'window', window: number },
    verdict: 'drift',
    body: { window: number, champion: 2, rows: 1_000, drift, decay },
  });
  await db.insert(window).values({
    model,
    number,
    rows: 1_000,
    firstSeq: (number - 1) * 1_000 + 1,
    lastSeq: number * 1_000,
    openedAt: at(`2026-05-0${number + 2}T00:00:00Z`),
    closedAt: at(`2026-05-0${number + 2}T01:00:00Z`),
    judgedAt: at('2026-05-05T00:00:00Z'),
    verdict: 'drift',
    evidenceId: evidence.evidenceId,
  });
  const isFull = number === 1;
  await putWindowQuality(db, {
    model,
    windowNumber: number,
    rows: 1_000,
    labelledRows: isFull ? 900 : 100,
    realised: { logLoss: isFull ? 0.1 : 0.5 },
    estimated: { logLoss: 0.12 },
    firstVersion: 1,
    comparedRows: isFull ? 800 : 100,
    value: isFull ? 500 : 100,
    firstValue: isFull ? 250 : 50,
    differenceVariance: 1_250,
    firstRealised: { logLoss: 0.4 },
  });
}

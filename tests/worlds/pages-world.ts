import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { ArtifactStore } from '../../src/artifacts/artifact-store.ts';
import { completeTrainer } from '../../src/domain/spec/trainer-spec.ts';
import { parseSpec } from '../../src/contracts/spec/parse-spec.ts';
import { appendAudit } from '../../src/db/audit/audit.ts';
import { withTransaction, type Database } from '../../src/db/base/connect.ts';
import { putEvidence } from '../../src/db/runs/evidence.ts';
import {
  aliasMove,
  label,
  modelStream,
  prediction,
  rollout,
  rolloutEntity,
  run,
  snapshot,
  version,
  window,
} from '../../src/db/schema/index.ts';
import { putWindowQuality } from '../../src/db/watching/put-window-quality.ts';
import { storeSpec } from '../../src/db/models/specs.ts';
import { completeSpec, type ModelSpecInput } from '../../src/domain/spec/default-spec.ts';
import type { SnapshotManifest } from '../../src/domain/training/snapshot.ts';
import type { TrainReport } from '../../src/domain/training/training.ts';

export const history = 'c'.repeat(64);
export const traffic = 'd'.repeat(64);

/** Where the made-up past is written. */
export interface PagesWorld {
  readonly database: Database;
  readonly store: ArtifactStore;
  /** For files in the making. */
  readonly folder: string;
}

function specOf(name: string, change: Partial<ModelSpecInput> = {}) {
  return parseSpec(
    completeSpec({
      name,
      about: { owner: 'payments', useCase: 'Stops stolen cards.', successCriterion: 'Less loss.' },
      features: [
        { kind: 'number', name: 'amount', missing: 'refuse', min: 0, max: 900 },
        { kind: 'category', name: 'shop', missing: 'allow' },
      ],
      target: { task: 'binary', column: 'outcome', positive: 'fraud', negative: 'genuine', labelDelay: { rows: 100 } },
      source: { kind: 'file', path: 'a.csv', format: 'csv' },
      ...change,
    }),
  );
}

function manifestOf(rows: number, mean: number, quarantineDigest: string | null): SnapshotManifest {
  return {
    formatVersion: 1,
    model: 'fraud',
    specRevision: 1,
    sourceDigest: 'e'.repeat(64),
    contractDigest: 'f'.repeat(64),
    files: [{ sha256: '1'.repeat(64), bytes: 2_048, rows, orderMin: 0, orderMax: rows - 1 }],
    rows,
    labelledRows: rows,
    quarantinedRows: quarantineDigest === null ? 0 : 3,
    quarantineDigest,
    lines: {
      lines: rows + 6,
      header: 1,
      rows: rows + 2,
      continued: 0,
      unreadable: 1,
      blank: 2,
      preamble: 0,
      comment: 0,
      repeatedHeader: 0,
    },
    readingNotes: ['The table begins on line 3.'],
    logicalDigest: 'x',
    schema: [{ name: 'amount', type: 'DOUBLE' }],
    ruleCounts:
      quarantineDigest === null
        ? []
        : [{ ruleId: 'amount.max', severity: 'quarantine', rows: 3, line: 7, about: 'at most 900' }],
    profile: [
      {
        name: 'amount',
        rows,
        missing: 0,
        distinct: 500,
        min: 0,
        max: 900,
        mean,
        histogram: { from: 0, to: 900, everyNth: 1, rows: [rows - 10, 5, 5] },
      },
      { name: 'shop', rows, missing: 10, distinct: 2, top: [{ value: 'corner', rows: rows / 2 }] },
    ],
    parents: [],
  };
}

function reportOf(auroc: number): TrainReport {
  const metrics = { auroc, logLoss: 0.2, value: 5.5, rows: 500 };
  const trained = {
    family: 'gbdt' as const,
    modelFile: 'release.onnx',
    threshold: 0.4,
    testMetrics: metrics,
    trees: 40,
  };
  return {
    rows: { all: 1_000, training: 400, validation: 100, test: 500, gap: 0 },
    trainedThroughOrder: 999,
    historyShare: 1,
    selection: { clocks: { suspected: ['No'], withheld: ['No'], lossWith: 0.31, lossWithout: 0.29 } },
    candidate: trained,
    baselines: [{ ...trained, family: 'prior', testMetrics: { auroc: 0.5, rows: 500 } }],
    release: trained,
    releaseProfileFile: 'profile.json',
    champion: null,
    slices: [{ column: 'shop', slice: 'corner', metrics: { auroc: 0.85, rows: 250 } }],
    importance: [
      { feature: 'amount', gain: 0.75 },
      { feature: 'shop', gain: 0.25 },
    ],
    testScoresFile: 'test.parquet',
    parity: { rows: 2_000, maxAbsoluteDifference: 1e-7, labelMismatches: 0 },
  };
}

async function quarantineFile({ store, folder }: PagesWorld): Promise<string> {
  const file = path.join(folder, 'quarantine.parquet');
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(
    `COPY (SELECT 7::BIGINT AS _line, 'a,b,"c"' AS raw, ['amount.max'] AS rule_ids) TO '${file}' (FORMAT parquet)`,
  );
  connection.closeSync();
  instance.closeSync();
  return store.putFile(file);
}

/**
 * A model with a past: three versions, one rollout that went wrong and one that is held, data, money and an audit; and
 * one without a value.
 */
export async function seedPages(world: PagesWorld): Promise<void> {
  const { database } = world;
  const { db } = database;
  const fileDigest = await world.store.putBytes('an ONNX file');
  const value = {
    currency: 'EUR',
    truePositive: { fixed: 10 },
    falsePositive: { fixed: -1 },
    trueNegative: { fixed: 0 },
    falseNegative: { fixed: -10 },
  };
  const first = specOf('fraud', { value });
  const rolloutPlan = {
    ...first.rollout,
    canary: [
      { percent: 10, extent: { rows: 1_000 } },
      { percent: 50, extent: { rows: 1_000 } },
    ],
  };
  await withTransaction(database, (tx) => storeSpec(tx, { ...first, rollout: { ...rolloutPlan, alpha: 0.05 } }, 'ann'));
  await withTransaction(database, (tx) =>
    storeSpec(
      tx,
      { ...first, rollout: { ...rolloutPlan, alpha: 0.01 }, trainer: completeTrainer({ treesMax: 77 }) },
      'ann',
    ),
  );
  await withTransaction(database, (tx) => storeSpec(tx, specOf('many'), 'ann'));
  const at = (text: string) => new Date(text);
  await db.insert(snapshot).values([
    {
      digest: history,
      model: 'fraud',
      specRevision: 1,
      kind: 'history',
      sourceDigest: 'e'.repeat(64),
      rows: 1_000,
      quarantinedRows: 3,
      manifest: manifestOf(1_000, 50, await quarantineFile(world)),
    },
    {
      digest: traffic,
      model: 'fraud',
      specRevision: 2,
      kind: 'traffic',
      sourceDigest: 'e'.repeat(64),
      rows: 400,
      quarantinedRows: 0,
      throughWindow: 12,
      manifest: manifestOf(400, 300, null),
    },
  ]);
  const runs = [2, 3, 4, 9].map((number) => ({
    runId: `train/fraud/${number}`,
    model: 'fraud',
    kind: 'train' as const,
    status: number === 9 ? ('failed' as const) : ('completed' as const),
    trigger: 'drift',
    input: { specRevision: number > 2 ? 2 : 1 },
    startedAt: at(`2026-05-0${number}T00:00:00Z`),
    endedAt: at(`2026-05-0${number}T00:01:00Z`),
  }));
  const many = Array.from({ length: 60 }, (_, i) => ({
    runId: `train/many/${i}`,
    model: 'many',
    kind: 'train' as const,
    status: 'completed' as const,
    trigger: 'schedule',
    input: {},
    startedAt: at('2026-04-01T00:00:00Z'),
  }));
  await db.insert(run).values([...runs, ...many]);
  for (const number of [2, 3, 4]) await seedVersion(database, number, fileDigest);
  await putEvidence(db, {
    model: 'fraud',
    kind: 'correction',
    subject: { of: 'correction', window: 12, version: 2 },
    verdict: 'fitted',
    body: { text: 'Corrected anew: the loss is lower.', correction: { slope: 0.9, intercepts: [0.1] } },
  });
  await db.insert(aliasMove).values([
    {
      model: 'fraud',
      alias: 'champion',
      fromVersion: null,
      toVersion: 2,
      actor: 'rollout',
      why: 'first champion',
      routingRevision: 1,
      movedAt: at('2026-05-02T00:00:00Z'),
    },
    {
      model: 'fraud',
      alias: 'champion',
      fromVersion: 2,
      toVersion: 1,
      actor: 'ann',
      why: 'a try',
      routingRevision: 2,
      movedAt: at('2026-05-10T00:00:00Z'),
    },
  ]);
  await seedRollouts(database);
  await db.insert(window).values({
    model: 'fraud',
    number: 1,
    rows: 1_000,
    firstSeq: 1,
    lastSeq: 1_000,
    openedAt: at('2026-05-01T00:00:00Z'),
    closedAt: at('2026-05-02T00:00:00Z'),
  });
  await putWindowQuality(db, {
    model: 'fraud',
    windowNumber: 1,
    rows: 1_000,
    labelledRows: 800,
    realised: { value: 2 },
    firstVersion: 1,
    comparedRows: 500,
    value: 1_000,
    firstValue: 800,
    differenceVariance: 2_500,
    estimated: null,
    firstRealised: null,
  });
  await withTransaction(database, async (tx) => {
    await appendAudit(tx, {
      type: 'perennial.rollout.rolled-back',
      model: 'fraud',
      subject: { of: 'run', runId: 'rollout/fraud/3/1' },
      actor: 'rollout',
      reason: 'it did harm',
      runId: 'rollout/fraud/3/1',
    });
    await appendAudit(tx, {
      type: 'perennial.command.recorded',
      model: 'fraud',
      subject: { of: 'model', model: 'fraud' },
      actor: 'ann',
      reason: '=HYPERLINK("http://evil")',
    });
  });
}

async function seedVersion(database: Database, number: number, fileDigest: string): Promise<void> {
  const auroc = number === 2 ? 0.91 : 0.7;
  const check = {
    gate: { gate: 'atLeast', metric: 'auroc', value: 0.8 },
    verdict: 'pass',
    value: auroc,
    bound: auroc,
    limit: 0.8,
    rows: 500,
    method: 'point',
    text: `AUROC is ${auroc} on 500 test rows and at least 0.8 is asked: met.`,
  };
  const gate = await putEvidence(database.db, {
    model: 'fraud',
    kind: 'gate',
    subject: { of: 'run', runId: `train/fraud/${number}` },
    verdict: 'pass',
    body: {
      verdict: 'pass',
      checks: [check],
      text: 'The gate passes.',
      champion: null,
      candidate: reportOf(auroc).candidate.testMetrics,
      holdOutLosses: [0.1],
      ...(number === 2
        ? {
            intervals: { auroc: { lower: 0.88, upper: 0.94, method: 'delong' } },
            reliability: [{ rows: 50, said: 0.1, came: 0.12 }],
            code: { digest: 'aaaa0000', node: 'v20.1.0', platform: 'linux-x64' },
          }
        : {}),
    },
  });
  await database.db.insert(version).values({
    model: 'fraud',
    version: number,
    runId: `train/fraud/${number}`,
    status: 'released',
    specRevision: number > 2 ? 2 : 1,
    modelDigest: fileDigest,
    profileDigest: 'b'.repeat(64),
    correction: 'identity',
    threshold: 0.4,
    snapshots: number === 2 ? [history] : [history, traffic],
    report: reportOf(auroc),
    labelledRows: 1_000,
    throughWindow: number === 2 ? null : 12,
    gateEvidenceId: gate.evidenceId,
    gateVerdict: 'pass',
    createdAt: new Date(`2026-05-0${number}T00:01:00Z`),
  });
}

async function seedRollouts({ db }: Database): Promise<void> {
  const key = { model: 'fraud', version: 3, attempt: 1 };
  await db.insert(rollout).values([
    {
      ...key,
      status: 'rolled-back',
      step: 1,
      stepBegun: true,
      stepStartedSeq: 100,
      baseVersion: 2,
      specRevision: 2,
      salt: 's',
      looks: 2,
      endedSeq: 400,
      reason: 'Stopped: 12 entities failed first with the challenger.',
      firstRevision: 1,
      startedAt: new Date('2026-05-03T01:00:00Z'),
      endedAt: new Date('2026-05-03T02:00:00Z'),
    },
    {
      model: 'fraud',
      version: 4,
      attempt: 1,
      status: 'held',
      step: 3,
      stepStartedSeq: 800,
      baseVersion: 2,
      specRevision: 2,
      salt: 's',
      reason: 'the automatic bound is below 100 %: promotion needs a person',
      heldSince: new Date('2026-05-04T02:00:00Z'),
      startedAt: new Date('2026-05-04T01:00:00Z'),
    },
  ]);
  for (const [throughSeq, logEValue, champion, challenger] of [
    [250, 1.2, 4, 5],
    [400, 5.1, 9, 12],
  ] as const) {
    await putEvidence(db, {
      model: 'fraud',
      kind: 'look',
      subject: { of: 'look', version: 3, attempt: 1, step: 1, throughSeq },
      verdict: throughSeq === 400 ? 'stop' : 'continue',
      body: {
        logEValue,
        step: 'canary 10 %',
        throughSeq,
        championFailures: champion,
        challengerFailures: challenger,
        stoppedBy: throughSeq === 400 ? 'evidence' : null,
        text: 'looked',
        failures: [{ weight: 0.1, championFailures: champion, challengerFailures: challenger }],
        exposure: { challengerRows: 30, championRows: 270, challengerErrors: 1, entities: 200 },
      },
    });
  }
  const entities = Array.from({ length: 21 }, (_, i): typeof rolloutEntity.$inferInsert => ({
    ...key,
    entity: `card${i}`,
    arm: i < 12 ? 'challenger' : 'champion',
    firstSeq: i + 1,
    ...(i === 0
      ? { failedSeq: 1, failedArm: 'challenger', failedWeight: 1, failureKind: 'error' }
      : { wrongSeq: i + 1, wrongArm: i < 12 ? 'challenger' : 'champion', wrongWeight: 1 }),
  }));
  await db.insert(rolloutEntity).values(entities);
  const wrong = entities.filter((entity) => entity.wrongSeq !== undefined);
  await db.insert(prediction).values(
    wrong.map(({ entity, arm, firstSeq }): typeof prediction.$inferInsert => ({
      model: 'fraud',
      predictionId: entity,
      seq: firstSeq,
      windowNumber: 1,
      requestedAt: new Date('2026-05-03T01:00:00Z'),
      entityHash: entity,
      bucket: 1,
      arm,
      stage: 'canary',
      challengerWeight: 1,
      version: 3,
      correction: 'identity',
      routingRevision: 1,
      specRevision: 2,
      numbers: [1],
      texts: [],
      scores: [0.9, 0.1],
      decision: 'genuine',
      failed: false,
      latencyUs: 10,
    })),
  );
  await db.insert(label).values(
    wrong.map(({ entity, firstSeq }) => ({
      model: 'fraud',
      labelId: entity,
      predictionId: entity,
      label: 'fraud',
      knownSeq: firstSeq,
      knownWindow: 1,
      receivedAt: new Date('2026-05-03T01:30:00Z'),
    })),
  );
  await db.insert(modelStream).values({ model: 'fraud', lastSeq: 900 }).onConflictDoNothing();
}

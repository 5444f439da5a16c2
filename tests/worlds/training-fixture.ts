import { DuckDBInstance } from '@duckdb/node-api';
import { completeSpec } from '../../src/domain/spec/default-spec.ts';
import type { FeatureSpec, ModelSpec, TargetSpec } from '../../src/domain/spec/spec.ts';
import type { TrainerInput } from '../../src/domain/spec/trainer-spec.ts';
import type { TrainJob } from '../../src/domain/training/training.ts';

/** Rows and jobs for the tests of this room: small, with every kind of feature and missing values. */
export const fixtureFeatures: readonly FeatureSpec[] = [
  { name: 'amount paid', kind: 'number', missing: 'allow' },
  { name: 'score', kind: 'number', missing: 'allow' },
  { name: 'merchant', kind: 'category', missing: 'allow' },
  { name: 'online', kind: 'boolean', missing: 'allow' },
  { name: 'at', kind: 'time', missing: 'allow' },
];

const delay = { rows: 20 } as const;
export const fixtureTargets = {
  binary: { task: 'binary', column: 'outcome', positive: 'fraud', negative: 'fine', labelDelay: delay },
  multiclass: { task: 'multiclass', column: 'outcome', classes: ['low', 'mid', 'high'], labelDelay: delay },
  regression: { task: 'regression', column: 'outcome', labelDelay: delay },
} as const satisfies Record<string, TargetSpec>;

/** Signal: amount, merchant and hour; the rest is noise. Fixed by `hash`, so the same file every time. */
const signal =
  `(a * 2 - 1) + CASE WHEN m % 3 = 0 THEN 0.8 ELSE -0.4 END + CASE WHEN i % 24 < 8 THEN 0.5 ELSE -0.2 ` +
  `END + (u(i, 5) - 0.5) * 1.2`;
const outcomes = {
  binary: `CASE WHEN ${signal} > 0 THEN 'fraud' ELSE 'fine' END`,
  multiclass: `CASE WHEN ${signal} > 0.6 THEN 'high' WHEN ${signal} > -0.4 THEN 'mid' ELSE 'low' END`,
  regression: `1000 + 50 * (${signal})`,
} as const;

export async function writeFixture(
  path: string,
  task: keyof typeof outcomes,
  rows: number,
  merchants = 12,
): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    await connection.run(`CREATE MACRO u(i, k) AS (hash(i * 31 + k) % 1000003) / 1000003.0`);
    await connection.run(`COPY (
      SELECT i AS _order,
        CASE WHEN i % 11 = 4 THEN NULL ELSE exp(a * 6) END AS "amount paid",
        CASE WHEN i % 5 = 2 THEN NULL ELSE u(i, 3) END AS score,
        CASE WHEN i % 13 = 6 THEN NULL ELSE 'merchant ' || m END AS merchant,
        CASE WHEN i % 7 = 1 THEN NULL ELSE u(i, 4) > 0.5 END AS online,
        1700006400000 + i * 3600000 AS at,
        CASE WHEN i % 17 = 9 THEN NULL ELSE ${outcomes[task]} END AS outcome
      FROM (SELECT i, u(i, 1) AS a, floor(u(i, 2) * ${merchants})::INT AS m FROM range(${rows}) t(i)) ORDER BY i DESC
    ) TO '${path.replaceAll("'", "''")}' (FORMAT parquet)`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

export function fixtureSpec(
  target: TargetSpec,
  changes: Partial<ModelSpec> = {},
  trainer: TrainerInput = {},
): ModelSpec {
  const spec = completeSpec({
    name: 'fixture',
    about: { owner: 'tests', useCase: 'tests', successCriterion: 'tests' },
    features: fixtureFeatures,
    target,
    source: { kind: 'file', path: 'fixture.parquet', format: 'parquet' },
    eventTime: { column: 'at' },
    slices: ['merchant', 'online'],
    trainer: { ...quick(trainer.kind), ...trainer },
  });
  return { ...spec, ...changes };
}

function quick(kind: TrainerInput['kind'] = 'gbdt'): TrainerInput {
  return { kind, historyShares: [1, 0.5], ...(kind === 'gbdt' ? { treesMax: 60, learningRate: 0.1 } : {}) };
}

export function fixtureJob(spec: ModelSpec, folder: string, dataPath: string, name: string): TrainJob {
  return {
    job: 'train',
    spec,
    dataPaths: [dataPath],
    folder: `${folder}/${name}`,
    championTrainedThroughOrder: null,
    championModelPath: null,
    championThreshold: null,
  };
}

import { DuckDBInstance } from '@duckdb/node-api';
import type { FeatureSpec, ModelSpec } from '../../src/domain/spec/spec.ts';
import type { TrainerInputOf, TrainerOptions } from '../../src/domain/spec/trainer-spec.ts';
import { fixtureSpec, fixtureTargets } from './training-fixture.ts';

const noiseNames = Array.from({ length: 12 }, (_, at) => `noise ${at + 1}`);
const features: readonly FeatureSpec[] = ['strong', 'weak', ...noiseNames].map((name): FeatureSpec => ({
  name,
  kind: 'number',
  missing: 'allow',
}));

/** Two numbers say what comes out, one more than the other; twelve say nothing. Fixed by `hash`. */
export async function writeNoisyRows(path: string, rows: number): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    await connection.run(`CREATE MACRO u(i, k) AS (hash(i * 31 + k) % 1000003) / 1000003.0`);
    const noise = noiseNames.map((name, at) => `u(i, ${at + 10}) AS "${name}"`).join(', ');
    await connection.run(`COPY (
      SELECT i AS _order, u(i, 1) AS strong, u(i, 2) AS weak, ${noise}, 1700006400000 + i * 3600000 AS at,
        CASE WHEN u(i, 3) < 1 / (1 + exp(-(6 * (u(i, 1) - 0.5) + 3 * (u(i, 2) - 0.5)))) THEN 'fraud' ELSE 'fine' END
          AS outcome
      FROM range(${rows}) t(i)) TO '${path.replaceAll("'", "''")}' (FORMAT parquet)`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Trees where nothing is said, or a linear model. */
export type NoisyTrainer = TrainerInputOf<'linear'> | ({ readonly kind?: 'gbdt' } & TrainerOptions<'gbdt'>);

export function noisySpec(trainer: NoisyTrainer, changes: Partial<ModelSpec> = {}): ModelSpec {
  const quick = trainer.kind === 'linear' ? {} : { treesMax: 40, leavesMax: 7, learningRate: 0.2 };
  return fixtureSpec(
    fixtureTargets.binary,
    { features, slices: [], ...changes },
    { ...quick, historyShares: [1], ...trainer },
  );
}

import { eq } from 'drizzle-orm';
import { withTransaction, type Database } from '../../src/db/base/connect.ts';
import { insertAbTest, type AbTestKey } from '../../src/db/routing/ab-tests.ts';
import { abTest } from '../../src/db/schema/index.ts';
import type { AbTestStanding, DeclaredAbTest } from '../../src/domain/ab-test/declared.ts';

const declared: DeclaredAbTest = {
  versions: [3, 4],
  sharePercent: 20,
  metric: 'value',
  better: 'higher',
  bounds: [-50, 100],
  horizon: { kind: 'sequential', unitsMax: 100_000 },
  alpha: 0.05,
  effectMin: 0.5,
  daysMax: 30,
  lookMs: 10_000,
};

/** A test of a model that somebody has just begun. */
export function seedAbTest(database: Database, model: string, controlVersion: number): Promise<AbTestKey> {
  return withTransaction(database, (tx) =>
    insertAbTest(tx, { model, specRevision: 1, controlVersion, declared, actor: 'ana', why: 'which earns most' }),
  );
}

const standing: AbTestStanding = {
  judgement: {
    verdict: 'running',
    winner: null,
    control: { arm: 'control', units: 940, mean: 1.9 },
    arms: [
      {
        arm: 'v3',
        units: 920,
        mean: 2.6,
        difference: 0.7,
        lower: 0.1,
        upper: 1.3,
        varianceCut: 0.2,
        verdict: 'better',
      },
      {
        arm: 'v4',
        units: 210,
        mean: 1.2,
        difference: null,
        lower: null,
        upper: null,
        varianceCut: null,
        verdict: 'open',
      },
    ],
    progress: 0.03,
    assignmentEValue: 0.4,
    text: 'value: "v3" is 0.7 better than "control" on 920 units.',
  },
  harm: [],
  throughSeq: 12_000,
  matureSeq: 11_000,
  maturity: 'Rows through 11,000 are mature.',
};

/** The same after some looks: one arm is ahead, one was stopped. */
export async function seedLookedAbTest(database: Database, model: string, controlVersion: number): Promise<void> {
  const key = await seedAbTest(database, model, controlVersion);
  const why = '12 entities of v4 had a row that failed, 0 of the control';
  const arms = [
    { name: 'control', version: controlVersion, weight: 1, assigned: 1_210, failures: 0, stoppedSeq: null, why: null },
    { name: 'v3', version: 3, weight: 1, assigned: 1_180, failures: 1, stoppedSeq: null, why: null },
    { name: 'v4', version: 4, weight: 1, assigned: 1_204, failures: 12, stoppedSeq: 4_000, why },
  ];
  await database.db
    .update(abTest)
    .set({ status: 'running', arms, standing, looks: 7, lookedAt: new Date('2026-05-04T02:00:00Z') })
    .where(eq(abTest.model, key.model));
}

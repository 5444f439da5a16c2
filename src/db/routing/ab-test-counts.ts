import { and, eq, sql } from 'drizzle-orm';
import { addUnits } from '../../domain/ab-test/add-units.ts';
import type { AbTestUnit } from '../../domain/ab-test/ab-test.ts';
import type { AbTestStanding, TestedArm } from '../../domain/ab-test/declared.ts';
import type { Db } from '../base/connect.ts';
import { abTest } from '../schema/index.ts';
import {
  exposeAbTest,
  markCounted,
  unitsOfAbTest,
  type AbTestRange,
  type AbTestUnitRow,
  type SeenFailures,
} from '../traffic/ab-test/ab-test-rows.ts';
import { lockOpenAbTest, type AbTestKey, type AbTestRow } from './ab-tests.ts';

/** Positions that are read at once. */
const pageSeqs = 5_000;

const byKey = ({ model, number }: AbTestKey) => and(eq(abTest.model, model), eq(abTest.number, number));

/**
 * Reads on who was assigned where, at most a page; the row as it is then, or null where the test has ended. To be
 * called in a transaction: the position moves with what was read, so whoever is told that it failed may read again.
 */
export async function exposePage(
  tx: Db,
  key: AbTestKey,
  lastSeq: number,
  failures: SeenFailures,
): Promise<AbTestRow | null> {
  const row = await lockOpenAbTest(tx, key);
  if (row === null || row.status !== 'running' || row.exposedSeq >= lastSeq) return row;
  const throughSeq = Math.min(lastSeq, row.exposedSeq + pageSeqs);
  const counts = await exposeAbTest(tx, rangeOf(row, row.exposedSeq, throughSeq), failures);
  const arms = row.arms.map((arm): TestedArm => {
    const found = counts.find(({ version }) => version === arm.version);
    if (found === undefined) return arm;
    return { ...arm, assigned: arm.assigned + found.assigned, failures: arm.failures + found.failures };
  });
  await tx.update(abTest).set({ arms, exposedSeq: throughSeq }).where(byKey(key));
  return { ...row, arms, exposedSeq: throughSeq };
}

/** What each of these rows brought, in their order; null for one that has no outcome. Asks over `tx`. */
export type OutcomesOf = (
  tx: Db,
  rows: readonly AbTestUnitRow[],
) => Promise<readonly { readonly outcome: number | null; readonly covariate: number | null }[]>;

/** Reads on which outcomes have come in, at most a page and through a mature row. As `exposePage`. */
export async function countPage(
  tx: Db,
  key: AbTestKey,
  { matureSeq, knownSeq }: { readonly matureSeq: number; readonly knownSeq: number },
  outcomesOf: OutcomesOf,
): Promise<AbTestRow | null> {
  const row = await lockOpenAbTest(tx, key);
  // An entity is counted after it was taken down.
  const lastSeq = Math.min(matureSeq, row?.exposedSeq ?? 0);
  if (row === null || row.status !== 'running' || row.countedSeq >= lastSeq) return row;
  const throughSeq = Math.min(lastSeq, row.countedSeq + pageSeqs);
  const found = await unitsOfAbTest(tx, { ...rangeOf(row, row.countedSeq, throughSeq), knownSeq });
  const outcomes = await outcomesOf(tx, found);
  const counted: AbTestUnitRow[] = [];
  const units: AbTestUnit[] = [];
  for (const [at, unit] of found.entries()) {
    const arm = row.arms.find(({ version }) => version === unit.version);
    const { outcome = null, covariate = null } = outcomes[at] ?? {};
    if (arm === undefined || outcome === null) continue;
    counted.push(unit);
    units.push({ arm: arm.name, outcome, covariate });
  }
  await markCounted(tx, key, counted);
  const state = addUnits(row.state, row.plan, units);
  await tx.update(abTest).set({ state, countedSeq: throughSeq }).where(byKey(key));
  return { ...row, state, countedSeq: throughSeq };
}

/** Keeps what a look has found. */
export async function putStanding(tx: Db, key: AbTestKey, standing: AbTestStanding): Promise<void> {
  await tx
    .update(abTest)
    .set({ standing, looks: sql`${abTest.looks} + 1`, lookedAt: sql`now()` })
    .where(byKey(key));
}

function rangeOf(row: AbTestRow, afterSeq: number, throughSeq: number): AbTestRange {
  return {
    model: row.model,
    number: row.number,
    controlVersion: row.arms[0]?.version ?? 0,
    revisionMin: row.firstRevision ?? Number.MAX_SAFE_INTEGER,
    afterSeq,
    throughSeq,
  };
}

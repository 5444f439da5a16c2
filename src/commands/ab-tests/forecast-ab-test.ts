import { decide } from '../../answering/decide.ts';
import type { Db } from '../../db/base/connect.ts';
import type { VersionRow } from '../../db/models/versions.ts';
import { readMaturity } from '../../db/traffic/mature/read-maturity.ts';
import { recentTraffic, type SeenTraffic } from '../../db/traffic/mature/recent-traffic.ts';
import { loggedAmounts } from '../../db/models/logged-amounts.ts';
import { recentScoredRows } from '../../db/traffic/read/labelled-rows.ts';
import { lastClosedWindow } from '../../db/watching/windows.ts';
import { planOf } from '../../domain/ab-test/declare-ab-test.ts';
import type { DeclaredAbTest } from '../../domain/ab-test/declared.ts';
import { planAbTest } from '../../domain/ab-test/plan-ab-test.ts';
import { unitOutcomes } from '../../domain/ab-test/unit-outcome.ts';
import { classesOf } from '../../domain/tasks/task-of.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import { labelPlanOf } from '../../domain/watch/mature-through.ts';

/** Labelled answers of the champion that say how far outcomes spread. */
const rowsMax = 2_000;
const rowsMin = 30;

/** How long the test will take to see what matters, by the traffic of these days. */
export async function forecastAbTest(
  db: Db,
  spec: ModelSpec,
  control: VersionRow,
  declared: DeclaredAbTest,
): Promise<string> {
  const plan = planOf(declared);
  const arms = ['control', ...declared.versions.map((version) => `v${version}`)].map((arm) => ({ arm, weight: 1 }));
  const traffic = await recentTraffic(db, spec.name, spec);
  const unitsPerDay = entitiesPerDay(traffic) * (declared.sharePercent / 100);
  const spread = await spreadOf(db, spec, control, declared);
  if (spread === null)
    return `Fewer than ${rowsMin} outcomes of the champion are known: how long it takes nobody can say.`;
  return planAbTest(plan, spread, unitsPerDay, arms).text;
}

/** New entities in a day, if they go on as among the latest rows; rows, where those have no entities. */
export function entitiesPerDay({ rowsPerHour, rows, entities }: SeenTraffic): number {
  return rowsPerHour * 24 * (entities === null || rows === 0 ? 1 : entities / rows);
}

async function spreadOf(
  db: Db,
  spec: ModelSpec,
  control: VersionRow,
  { metric, bounds: [lowest, highest] }: DeclaredAbTest,
): Promise<{ readonly variance: number; readonly varianceCut: number } | null> {
  const through = await lastClosedWindow(db, spec.name);
  if (through === null) return null;
  const known = { throughSeq: through.lastSeq, throughWindow: through.number };
  const { throughSeq: matureSeq } = await readMaturity(db, spec.name, labelPlanOf(spec), known);
  const range = { version: control.version, throughWindow: through.number, matureSeq, afterSeq: 0, rowsMax };
  const rows = (await recentScoredRows(db, spec.name, range)).filter(({ version }) => version === control.version);
  const question = { task: spec.target.task, classes: classesOf(spec.target) };
  const answered = rows.map(({ label, scores }) => ({
    label,
    scores,
    decision: decide(question, control.threshold, scores),
    controlScores: scores,
  }));
  const found = unitOutcomes(spec, metric, answered, await loggedAmounts(db, spec.name, rows)).flatMap(
    ({ outcome, covariate }) =>
      outcome === null ? [] : [{ y: Math.min(Math.max(outcome, lowest), highest), x: covariate ?? Number.NaN }],
  );
  if (found.length < rowsMin) return null;
  const y = found.map((one) => one.y);
  const x = found.map((one) => one.x);
  const [varianceY, varianceX, both] = [covarianceOf(y, y), covarianceOf(x, x), covarianceOf(x, y)];
  const cut = varianceY * varianceX > 0 ? both ** 2 / (varianceX * varianceY) : 0;
  return { variance: varianceY, varianceCut: Math.min(1, cut) };
}

function covarianceOf(a: readonly number[], b: readonly number[]): number {
  const meanOf = (of: readonly number[]) => of.reduce((sum, one) => sum + one, 0) / of.length;
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  return a.reduce((sum, one, at) => sum + (one - meanA) * ((b[at] ?? Number.NaN) - meanB), 0) / (a.length - 1);
}

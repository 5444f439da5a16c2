import { arrivalCurves, type ArrivalCurve } from '../../../domain/watch/arrival-curves.ts';
import {
  arrivalsMax,
  matureByRows,
  matureThrough,
  type ArrivedLabel,
  type LabelPlan,
  type Maturity,
} from '../../../domain/watch/mature-through.ts';
import { neverArriving, oldCoverage, sayNever } from '../../../domain/watch/never-arriving.ts';
import type { Db } from '../../base/connect.ts';
import { arrivedLabels, type KnownCut } from './arrived-labels.ts';
import { awaitedRows } from './awaited-rows.ts';

/** Rows that are looked at one by one while a model is young. */
const newestRowsMax = 5_000;
/** Rows that are old enough for all their labels, of which those without one are counted. */
const oldRowsMax = 1_000;

/**
 * Through which row verdicts about quality may look, as it was known at a position of the traffic. Law: at most
 * `arrivalsMax` labels, and `newestRowsMax` rows with their labels while the model is young, then `oldRowsMax`.
 */
export async function readMaturity(db: Db, model: string, plan: LabelPlan, known: KnownCut): Promise<Maturity> {
  return maturityOf(db, model, plan, known, await arrivedLabels(db, model, known, arrivalsMax));
}

export interface Arrival {
  readonly maturity: Maturity;
  readonly curves: readonly ArrivalCurve[];
}

/** The same with what it rests on, for a picture: how late labels of each kind come. */
export async function readArrival(db: Db, model: string, plan: LabelPlan, known: KnownCut): Promise<Arrival> {
  const arrived = await arrivedLabels(db, model, known, arrivalsMax);
  return { maturity: await maturityOf(db, model, plan, known, arrived), curves: arrivalCurves(plan.target, arrived) };
}

async function maturityOf(
  db: Db,
  model: string,
  plan: LabelPlan,
  known: KnownCut,
  arrived: readonly ArrivedLabel[],
): Promise<Maturity> {
  const lastSeq = known.throughSeq;
  const byArrival = matureThrough({ ...plan, arrived, lastSeq });
  if (arrived.length === 0) return byArrival;
  if (byArrival.basis === 'none') {
    const newest = await awaitedRows(db, model, known, { lastSeq, rowsMax: newestRowsMax });
    return matureByRows(plan, newest) ?? byArrival;
  }
  const old = matureThrough({ ...plan, coverage: Math.max(plan.coverage, oldCoverage), arrived, lastSeq });
  const rows = await awaitedRows(db, model, known, { lastSeq: old.throughSeq, rowsMax: oldRowsMax });
  const never = old.basis === 'none' ? null : neverArriving(plan.target, rows);
  const said = sayNever(never);
  return { ...byArrival, never, text: said === null ? byArrival.text : `${byArrival.text} ${said}` };
}

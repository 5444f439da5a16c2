import type { TargetSpec } from '../../../domain/spec/spec.ts';
import { arrivalCurves, type ArrivalCurve } from '../../../domain/watch/arrival-curves.ts';
import {
  arrivalsMax,
  matureByRows,
  matureThrough,
  type ArrivedLabel,
  type Maturity,
} from '../../../domain/watch/mature-through.ts';
import type { Db } from '../../base/connect.ts';
import { arrivedLabels, type KnownCut } from './arrived-labels.ts';
import { awaitedRows } from './awaited-rows.ts';

/** Rows that are looked at one by one while a model is young. */
const newestRowsMax = 5_000;

/**
 * Through which row verdicts about quality may look, as it was known at a position of the traffic. Law: at most
 * `arrivalsMax` labels, and `newestRowsMax` rows with their labels while the model is young.
 */
export async function readMaturity(db: Db, model: string, target: TargetSpec, known: KnownCut): Promise<Maturity> {
  return maturityOf(db, model, target, known, await arrivedLabels(db, model, known, arrivalsMax));
}

export interface Arrival {
  readonly maturity: Maturity;
  readonly curves: readonly ArrivalCurve[];
}

/** The same with what it rests on, for a picture: how late labels of each kind come. */
export async function readArrival(db: Db, model: string, target: TargetSpec, known: KnownCut): Promise<Arrival> {
  const arrived = await arrivedLabels(db, model, known, arrivalsMax);
  return { maturity: await maturityOf(db, model, target, known, arrived), curves: arrivalCurves(target, arrived) };
}

async function maturityOf(
  db: Db,
  model: string,
  target: TargetSpec,
  known: KnownCut,
  arrived: readonly ArrivedLabel[],
): Promise<Maturity> {
  const byArrival = matureThrough({ target, arrived, lastSeq: known.throughSeq });
  if (byArrival.basis !== 'none' || arrived.length === 0) return byArrival;
  return matureByRows(target, await awaitedRows(db, model, known, newestRowsMax)) ?? byArrival;
}

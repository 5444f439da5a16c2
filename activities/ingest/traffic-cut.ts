import type { Db } from '../../src/db/base/connect.ts';
import { lineageOf, reachAsked } from '../../src/db/models/snapshots.ts';
import { lastSeqOf } from '../../src/db/routing/rollouts.ts';
import { readMaturity } from '../../src/db/traffic/mature/read-maturity.ts';
import { firstSeqOf } from '../../src/db/traffic/read/first-seq.ts';
import { findWindow } from '../../src/db/watching/windows.ts';
import type { SnapshotRef } from '../../src/domain/record/runs.ts';
import { labelPlanOf } from '../../src/domain/watch/mature-through.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { orderMaxOf, type TrafficPieces } from '../../src/domain/training/snapshot.ts';

/** Which rows of the traffic a training gets, and where they stand among its rows. */
export type TrafficCut = Required<
  Pick<TrafficPieces, 'throughWindow' | 'throughSeq' | 'matureSeq' | 'fromSeq' | 'firstOrder'>
>;

/**
 * The cut of a training: labels as known at the end of its window, of rows that were mature then, for the test part is
 * made of the youngest rows, and of those the labels that come soon are known and the others are not. No row is mature
 * (`matureSeq` 0) where a young model does not know yet how late its labels come: it trains from its source alone. What
 * was asked before has the cut of then.
 */
export async function trafficCut(
  db: Db,
  spec: ModelSpec,
  of: { readonly specRevision: number; readonly throughWindow: number; readonly history: SnapshotRef },
): Promise<TrafficCut> {
  const { throughWindow } = of;
  const throughSeq = (await findWindow(db, spec.name, throughWindow))?.lastSeq ?? null;
  const line = await lineageOf(db, [of.history.digest]);
  return {
    throughWindow,
    throughSeq,
    matureSeq:
      (await reachAsked(db, spec.name, throughWindow, of.specRevision)) ??
      (await maturityAt(db, spec, throughWindow, throughSeq)).throughSeq,
    fromSeq: await firstSeqOf(db, spec.name),
    firstOrder: 1 + Math.max(-1, ...line.map((snapshot) => orderMaxOf(snapshot.manifest))),
  };
}

async function maturityAt(db: Db, spec: ModelSpec, throughWindow: number, throughSeq: number | null) {
  const known = { throughSeq: throughSeq ?? (await lastSeqOf(db, spec.name)), throughWindow };
  return readMaturity(db, spec.name, labelPlanOf(spec), known);
}

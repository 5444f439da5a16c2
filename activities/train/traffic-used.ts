import type { Db } from '../../src/db/base/connect.ts';
import { lineageOf } from '../../src/db/models/snapshots.ts';
import { readMaturity } from '../../src/db/traffic/mature/read-maturity.ts';
import { findWindow } from '../../src/db/watching/windows.ts';
import { trafficThrough, type SnapshotRef, type TrainInput } from '../../src/domain/record/runs.ts';
import { labelPlanOf } from '../../src/domain/watch/mature-through.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { sayNever } from '../../src/domain/watch/never-arriving.ts';
import { reachOf } from '../../src/domain/training/snapshot.ts';
import { sayCount } from '../../src/domain/words/say.ts';

export interface TrafficUsed {
  readonly throughWindow: number;
  /** The last position of the log whose row may be among those of the training; null where none is. */
  readonly throughSeq: number | null;
  readonly text: string;
}

/** Which labelled traffic a training had, or why none; null for one that takes none. */
export async function trafficUsed(
  db: Db,
  spec: ModelSpec,
  input: TrainInput & { readonly snapshots: readonly SnapshotRef[] },
): Promise<TrafficUsed | null> {
  const throughWindow = trafficThrough(input);
  if (throughWindow === null || spec.source.traffic === 'ignore') return null;
  const digests = input.snapshots.map(({ digest }) => digest);
  const traffic = (await lineageOf(db, digests)).find(({ kind }) => kind === 'traffic')?.manifest.traffic;
  const throughSeq = traffic === undefined ? null : reachOf(traffic);
  const window = await findWindow(db, input.model, throughWindow);
  const known = { throughSeq: window?.lastSeq ?? 0, throughWindow };
  const { text, never } = await readMaturity(db, input.model, labelPlanOf(spec), known);
  if (throughSeq === null) return { throughWindow, throughSeq, text: `No row of the traffic was used. ${text}` };
  const used =
    `Of the traffic, rows through ${sayCount(throughSeq)} were used: of later ones the slowest labels had not come ` +
    `by window ${throughWindow}.`;
  return { throughWindow, throughSeq, text: [used, sayNever(never ?? null) ?? ''].join(' ').trim() };
}

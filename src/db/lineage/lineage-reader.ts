import type { Db } from '../base/connect.ts';
import type { LineageKind } from '../../domain/record/lineage/lineage.ts';
import type { SealedLog } from '../../domain/record/sealed.ts';
import type { LineageReader } from '../../domain/record/lineage/trace.ts';
import { championMoves } from './of-champion.ts';
import { decisions } from './of-decision.ts';
import { predictionsIn } from './of-prediction.ts';
import { rollouts } from './of-rollout.ts';
import { runs } from './of-run.ts';
import { snapshots } from './of-snapshot.ts';
import { sources } from './of-source.ts';
import { editions, subscribers } from './of-edition.ts';
import type { KindReader, Seen } from './kind-reader.ts';
import { versions } from './of-version.ts';
import { views } from './of-view.ts';
import { windows } from './of-window.ts';

const readers: Readonly<Record<Exclude<LineageKind, 'prediction'>, KindReader>> = {
  source: sources,
  view: views,
  snapshot: snapshots,
  version: versions,
  window: windows,
  decision: decisions,
  run: runs,
  rollout: rollouts,
  champion: championMoves,
  edition: editions,
  subscriber: subscribers,
};

/** Reads the things of one model. Law: some rows by an index for each thing. */
export function createLineageReader(db: Db, seen: Seen, sealed: SealedLog): LineageReader {
  const all: Readonly<Record<LineageKind, KindReader>> = { ...readers, prediction: predictionsIn(sealed) };
  return {
    describe: ({ kind, key }) => all[kind].describe(db, seen, key),
    next: ({ kind, key }, way) => all[kind].next(db, seen, key, way),
  };
}

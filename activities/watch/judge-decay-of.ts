import type { Db } from '../../src/db/base/connect.ts';
import type { VersionRow } from '../../src/db/models/versions.ts';
import { findEvidence } from '../../src/db/runs/evidence.ts';
import type { ScoredRow } from '../../src/db/traffic/read/recent-scores.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { classesOf, taskOf } from '../../src/domain/tasks/task-of.ts';
import { decayLoss } from '../../src/domain/watch/decay-loss.ts';
import { decayRowsMin, judgeDecay } from '../../src/domain/watch/judge-decay.ts';
import type { RecentScores } from './recent-scores.ts';

/** Matured rows before the recent ones that decay is measured against. */
export const referenceRowsMax = 4_000;

/** Loss of the champion on labels known by the end of the window: the recent rows against those before. */
export async function judgeDecayOf(db: Db, champion: VersionRow, spec: ModelSpec, recentOf: RecentScores) {
  const recentCount = Math.max(spec.watch.decay.labelledRowsMin, decayRowsMin);
  const rows = await recentOf(champion.version, recentCount + referenceRowsMax);
  const losses = rows.map((row) => lossOf(row, spec));
  const recent = losses.slice(Math.max(0, losses.length - recentCount));
  const before = losses.slice(0, Math.max(0, losses.length - recentCount));
  const holdOut = await holdOutLosses(db, champion);
  const { referenceRows } = spec.watch.decay;
  const known = [...holdOut, ...before];
  const reference = referenceRows === undefined ? known.slice(-referenceRowsMax) : known.slice(0, referenceRows);
  return judgeDecay(recent, reference, spec.watch.decay);
}

/** Per-row losses on the hold-out, in time order, stored with the gate's evidence. */
async function holdOutLosses(db: Db, champion: VersionRow): Promise<readonly number[]> {
  const gate = await findEvidence(db, champion.model, 'gate', { of: 'run', runId: champion.runId });
  const losses = gate?.body['holdOutLosses'];
  return Array.isArray(losses) ? losses.filter((loss): loss is number => typeof loss === 'number') : [];
}

function lossOf(row: ScoredRow, spec: ModelSpec): number {
  const { labels } = taskOf(spec.target.task);
  return decayLoss(spec.target, row.scores, labels.numberOf(row.label, classesOf(spec.target)));
}

import { probabilityMin } from '../../src/statistics/samples/losses.ts';
import type { Db } from '../../src/db/base/connect.ts';
import type { VersionRow } from '../../src/db/models/versions.ts';
import { findEvidence } from '../../src/db/runs/evidence.ts';
import type { ScoredRow } from '../../src/db/traffic/read/recent-scores.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { classesOf, taskOf } from '../../src/domain/tasks/task-of.ts';
import { decayLoss, unsaidProbabilityMin } from '../../src/domain/watch/decay-loss.ts';
import { decayRowsMax, decayRowsMin, judgeDecay, type DecayJudgement } from '../../src/domain/watch/judge-decay.ts';
import { referenceFrom, type HoldOutLosses, type LossReference } from '../../src/domain/watch/loss-reference.ts';
import { numberNames } from '../../src/domain/words/number-names.ts';
import type { RecentScores } from './recent-scores.ts';

/** Matured rows that are read beside the least number of recent ones. */
export const earlierRowsMax = 4_000;
/** Windows before this one that are asked for the reference; one that was set aside has none. */
const windowsAsked = 5;

/** Loss of the champion on labels known by the end of the window, against its losses right after its promotion. */
export async function judgeDecayOf(
  db: Db,
  window: number,
  champion: VersionRow,
  spec: ModelSpec,
  recentOf: RecentScores,
): Promise<DecayJudgement> {
  const recentMin = Math.max(spec.watch.decay.labelledRowsMin, decayRowsMin);
  const rows = await recentOf(champion.version, recentMin + earlierRowsMax);
  const known = await fixedReference(db, champion, window);
  const holdOut = known === null ? await holdOutLosses(db, champion) : { ...known, losses: [] };
  const losses = Float64Array.from(rows, (row) => lossOf(row, spec, holdOut.probabilityMin));
  const reference = known ?? referenceFrom(holdOut, losses, recentMin, spec.watch.decay.referenceRows);
  // As many rows are left out where the first ones lie further back than what is read: no row is on both sides.
  const from = Math.max(reference?.liveRows ?? 0, rows.length - Math.max(recentMin, decayRowsMax));
  const entities = spec.entity === null ? null : rows.map(({ entity }, at) => entity ?? `row ${at}`);
  const recent = {
    losses: losses.subarray(from),
    entities: entities === null ? null : Uint32Array.from(numberNames(entities.slice(from))),
  };
  return judgeDecay(recent, reference, spec.watch.decay);
}

/** The reference of this champion as an earlier window fixed it. */
async function fixedReference(db: Db, champion: VersionRow, window: number): Promise<LossReference | null> {
  for (let before = window - 1; before >= Math.max(1, window - windowsAsked); before--) {
    const evidence = await findEvidence(db, champion.model, 'window', { of: 'window', window: before });
    if (evidence === null) continue;
    if (evidence.body['champion'] !== champion.version) return null;
    const decay = evidence.body['decay'] as Partial<DecayJudgement> | null | undefined;
    const reference = decay?.reference ?? null;
    return reference?.isFixed === true ? reference : null;
  }
  return null;
}

/** Per-row losses on the hold-out, in time order, stored with the gate's evidence. */
async function holdOutLosses(db: Db, champion: VersionRow): Promise<HoldOutLosses> {
  const gate = await findEvidence(db, champion.model, 'gate', { of: 'run', runId: champion.runId });
  const losses = gate?.body['holdOutLosses'];
  // Without any, nothing was clipped elsewhere.
  if (!Array.isArray(losses) || losses.length === 0) return { losses: [], probabilityMin };
  const clipped = gate?.body['holdOutProbabilityMin'];
  return {
    losses: losses.filter((loss): loss is number => typeof loss === 'number'),
    probabilityMin: typeof clipped === 'number' ? clipped : unsaidProbabilityMin,
  };
}

function lossOf(row: ScoredRow, spec: ModelSpec, clipAt: number): number {
  const { labels } = taskOf(spec.target.task);
  return decayLoss(spec.target, row.scores, labels.numberOf(row.label, classesOf(spec.target)), clipAt);
}

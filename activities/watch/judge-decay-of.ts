import { probabilityMin } from '../../src/statistics/samples/losses.ts';
import type { Db } from '../../src/db/base/connect.ts';
import type { VersionRow } from '../../src/db/models/versions.ts';
import { readBest } from '../../src/db/watching/best-reference.ts';
import { findEvidence } from '../../src/db/runs/evidence.ts';
import type { ScoredRow } from '../../src/db/traffic/read/recent-scores.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { questionOf } from '../../src/domain/spec/parts/target-spec.ts';
import { classesOf, taskOf } from '../../src/domain/tasks/task-of.ts';
import { withReference, type BestReference } from '../../src/domain/watch/best/best-reference.ts';
import { judgeBest, type BestJudgement } from '../../src/domain/watch/best/judge-best.ts';
import { decayLoss, unsaidProbabilityMin } from '../../src/domain/watch/decay-loss.ts';
import { decayRowsMax, decayRowsMinOf, judgeDecay, type DecayJudgement } from '../../src/domain/watch/judge-decay.ts';
import { referenceFrom, type HoldOutLosses, type LossReference } from '../../src/domain/watch/loss-reference.ts';
import { numberNames } from '../../src/domain/words/number-names.ts';
import type { RecentScores } from './recent-scores.ts';

/** Matured rows that are read beside the least number of recent ones. */
export const earlierRowsMax = 4_000;
/** Windows before this one that are asked for the reference; one that was set aside has none. */
const windowsAsked = 5;

/** The verdict of a window, and the best reference when this window has moved it. */
export interface JudgedDecay {
  /** `best` is null where the champion's own reference is the best there is, or where there is none yet. */
  readonly decay: DecayJudgement & { readonly best: BestJudgement | null };
  readonly kept: BestReference | null;
}

/**
 * Loss of the champion on labels known by the end of the window, against its losses right after its promotion, and
 * against the smallest that a champion of the model had. The plan's alpha is shared in halves when both are looked at.
 */
export async function judgeDecayOf(
  db: Db,
  window: number,
  champion: VersionRow,
  spec: ModelSpec,
  recentOf: RecentScores,
): Promise<JudgedDecay> {
  const { decay } = spec.watch;
  const recentMin = decayRowsMinOf(decay);
  const rows = await recentOf(champion.version, recentMin + earlierRowsMax);
  const known = await fixedReference(db, champion, window);
  const holdOut = known === null ? await holdOutLosses(db, champion) : { ...known, losses: [] };
  const losses = Float64Array.from(rows, (row) => lossOf(row, spec, holdOut.probabilityMin));
  const reference = known ?? referenceFrom(holdOut, losses, recentMin, decay.referenceRows);
  // As many rows are left out where the first ones lie further back than what is read: no row is on both sides.
  const from = Math.max(reference?.liveRows ?? 0, rows.length - Math.max(recentMin, decayRowsMax));
  const entities = spec.entity === null ? null : rows.map(({ entity }, at) => entity ?? `row ${at}`);
  const recent = {
    losses: losses.subarray(from),
    entities: entities === null ? null : Uint32Array.from(numberNames(entities.slice(from))),
  };
  const isNew = known === null && reference?.isFixed === true;
  const fixed = reference?.isFixed === true ? fixedAt(champion.version, window, spec, reference) : null;
  const stood = await readBest(db, champion.model);
  // One that an earlier release fixed is entered when there is nothing to compare it with.
  const isAnother = fixed !== null && stood.best?.question !== fixed.question;
  const kept =
    fixed !== null && stood.throughWindow < window && (isNew || isAnother) ? withReference(stood.best, fixed) : null;
  const best = kept ?? stood.best;
  const isComparable = best !== null && best.question === bestQuestionOf(spec, holdOut.probabilityMin);
  if (best === null || !isComparable || isSame(best, champion.version, reference))
    return { decay: { ...judgeDecay(recent, reference, decay), best: null }, kept };
  const alpha = decay.alpha / 2;
  return {
    decay: {
      ...judgeDecay(recent, reference, decay, alpha),
      best: judgeBest(recent, best, decay, alpha),
    },
    kept,
  };
}

function fixedAt(
  version: number,
  window: number,
  spec: ModelSpec,
  reference: LossReference,
): Omit<BestReference, 'of'> {
  return { version, window, reference, question: bestQuestionOf(spec, reference.probabilityMin) };
}

/** Losses of another target, or that were clipped elsewhere, are other losses. */
function bestQuestionOf(spec: ModelSpec, clipAt: number): string {
  return `${questionOf(spec)} clipped at ${clipAt}`;
}

function isSame(best: BestReference, version: number, reference: LossReference | null): boolean {
  return best.version === version && best.reference.mean === reference?.mean && best.reference.rows === reference.rows;
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

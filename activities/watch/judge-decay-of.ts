import { probabilityMin } from '../../src/statistics/samples/losses.ts';
import type { Db } from '../../src/db/base/connect.ts';
import type { VersionRow } from '../../src/db/models/versions.ts';
import { readBest } from '../../src/db/watching/best-reference.ts';
import { findEvidence } from '../../src/db/runs/evidence.ts';
import type { ScoredRow } from '../../src/db/traffic/read/recent-scores.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import { watchedSlices } from '../../src/domain/spec/gates/declared-slices.ts';
import { quarterHourMs } from '../../src/domain/training/hold-out-rows.ts';
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
  readonly read: DecayRead;
}

/** What was read for it: slices and causes are told from the same rows. */
export interface DecayRead {
  /** Mature labelled rows that the champion scored, oldest first, with their losses and entities. */
  readonly rows: readonly ScoredRow[];
  readonly losses: Float64Array;
  readonly entities: Uint32Array | null;
  /** Rows from here on are recent; those before `liveRows` belong to a reference that is not known from before. */
  readonly from: number;
  readonly liveRows: number;
  readonly reference: LossReference | null;
  /** Null where the reference is known from an earlier window. */
  readonly holdOut: HoldOutLosses | null;
  /** The evidence of the window before, where it fixed or knew the reference. */
  readonly before: Readonly<Record<string, unknown>> | null;
  /** The slices' part of the plan's alpha; null where none is judged. */
  readonly sliceAlpha: number | null;
}

/**
 * Loss of the champion on labels known by the end of the window, against its losses right after its promotion, and
 * against the smallest that a champion of the model had. The plan's alpha is shared in equal parts among the questions:
 * these two, and slices where they are judged.
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
  const before = await fixedReference(db, champion, window);
  const known = before?.reference ?? null;
  const holdOut = known === null ? await holdOutLosses(db, champion) : { ...known, losses: [], timesMs: null };
  const losses = Float64Array.from(rows, (row) => lossOf(row, spec, holdOut.probabilityMin));
  const isSeasonal = spec.watch.season != null;
  const timesMs = isSeasonal ? rows.map(({ eventTimeMs }) => eventTimeMs ?? null) : null;
  const plan = { referenceRows: decay.referenceRows, season: spec.watch.season ?? null };
  const reference = known ?? referenceFrom(holdOut, { losses, timesMs }, recentMin, plan);
  // As many rows are left out where the first ones lie further back than what is read: no row is on both sides.
  const from = Math.max(reference?.liveRows ?? 0, rows.length - Math.max(recentMin, decayRowsMax));
  const names = spec.entity === null ? null : rows.map(({ entity }, at) => entity ?? `row ${at}`);
  const entities = names === null ? null : Uint32Array.from(numberNames(names));
  const recent = {
    losses: losses.subarray(from),
    entities: entities?.subarray(from) ?? null,
    timesMs: timesMs?.slice(from) ?? null,
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
  const isAlone = best === null || !isComparable || isSame(best, champion.version, reference);
  const bySlice = decay.slices === true && watchedSlices(spec).length > 0;
  const alpha = decay.alpha / (1 + (isAlone ? 0 : 1) + (bySlice ? 1 : 0));
  const read: DecayRead = {
    rows,
    losses,
    entities,
    from,
    liveRows: reference?.liveRows ?? 0,
    reference,
    holdOut: known === null ? holdOut : null,
    before: before?.body ?? null,
    sliceAlpha: bySlice ? alpha : null,
  };
  if (isAlone)
    return { decay: { ...judgeDecay(recent, reference, decay, { alpha, isSeasonal }), best: null }, kept, read };
  return {
    read,
    decay: {
      ...judgeDecay(recent, reference, decay, { alpha, isSeasonal }),
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
async function fixedReference(
  db: Db,
  champion: VersionRow,
  window: number,
): Promise<{ readonly reference: LossReference; readonly body: Readonly<Record<string, unknown>> } | null> {
  for (let before = window - 1; before >= Math.max(1, window - windowsAsked); before--) {
    const evidence = await findEvidence(db, champion.model, 'window', { of: 'window', window: before });
    if (evidence === null) continue;
    if (evidence.body['champion'] !== champion.version) return null;
    const decay = evidence.body['decay'] as Partial<DecayJudgement> | null | undefined;
    const reference = decay?.reference ?? null;
    return reference?.isFixed === true ? { reference, body: evidence.body } : null;
  }
  return null;
}

/** Per-row losses on the hold-out, in time order, stored with the gate's evidence. */
export async function holdOutLosses(db: Db, champion: VersionRow): Promise<HoldOutLosses> {
  const gate = await findEvidence(db, champion.model, 'gate', { of: 'run', runId: champion.runId });
  const losses = gate?.body['holdOutLosses'];
  // Without any, nothing was clipped elsewhere.
  if (!Array.isArray(losses) || losses.length === 0) return { losses: [], probabilityMin, timesMs: null };
  const clipped = gate?.body['holdOutProbabilityMin'];
  return {
    losses: losses.filter((loss): loss is number => typeof loss === 'number'),
    probabilityMin: typeof clipped === 'number' ? clipped : unsaidProbabilityMin,
    timesMs: timesOf(gate?.body['holdOutQuarterHours'], losses.length),
  };
}

/** Of each of as many rows; null where they were not kept. */
function timesOf(quarterHours: unknown, rows: number): readonly (number | null)[] | null {
  if (!Array.isArray(quarterHours) || quarterHours.length !== rows) return null;
  return quarterHours.map((quarter) => (typeof quarter === 'number' ? quarter * quarterHourMs : null));
}

function lossOf(row: ScoredRow, spec: ModelSpec, clipAt: number): number {
  const { labels } = taskOf(spec.target.task);
  return decayLoss(spec.target, row.scores, labels.numberOf(row.label, classesOf(spec.target)), clipAt);
}

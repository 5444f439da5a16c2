import type { Explanation } from '../../domain/record/explanation.ts';
import { route } from '../../domain/rollout/route.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { readRows, type GivenRows } from '../edge/read-rows.ts';
import { timeOrderedId } from '../edge/time-ordered-id.ts';
import type { ServedViews, Serving } from '../serving.ts';
import type { ServedModel, ServedVersion } from '../versions/model-table.ts';
import { refuseUnknownKeys } from '../views/ask-references.ts';
import { fillViews } from '../views/fill-views.ts';
import { answerByArms, type AnsweredRow } from './answer-by-arms.ts';
import { answerWithoutChampion } from './answer-without-champion.ts';
import { explainAnswers } from './explain-answers.ts';
import { logAnswers } from './log-answers.ts';
import type { AskedRow, Prediction } from './prediction.ts';

export interface AnswerInput extends GivenRows {
  /** True answers every row with the champion, whatever the rollout says. */
  readonly isForChampion?: boolean;
  /** Present: says why each row is answered as it is, by so many features. */
  readonly explain?: { readonly top: number } | undefined;
  /** `performance.now()` when the request came in. */
  readonly startedAtMs: number;
}

/**
 * Answers the rows of one request, in order, and logs them. A row that no version can answer has failed, alone. The
 * other arm of a rollout scores the same rows after this has resolved, and only then are the records written.
 */
export async function answerRequest(
  serving: Pick<Serving, 'spool' | 'membership' | 'entities' | 'views' | 'metrics'>,
  model: ServedModel,
  input: AnswerInput,
): Promise<readonly Prediction[]> {
  const { champion } = model;
  const fallback = model.latestSpec.fallback ?? null;
  if (champion === null && fallback === null)
    throw new PerennialError('no_champion', `${model.entry.model} has no champion yet: no version of it may answer`);
  serving.spool.assertRoom();
  const requestedAtMs = Date.now();
  const asked = await askRows(serving, model, input, requestedAtMs);
  if (champion === null)
    return fallback === null
      ? []
      : answerWithoutChampion(serving, model, fallback, asked, { requestedAtMs, startedAtMs: input.startedAtMs });
  const answered = await answerByArms(model, champion, asked);
  const mayFallBack = fallback !== null && isAway(champion);
  const isKept = answered.map(({ answer }) => answer !== null || !mayFallBack);
  const latencyUs = Math.round((performance.now() - input.startedAtMs) * 1_000);
  const kept = answered.filter((_, index) => isKept[index]);
  void logAnswers(serving, model, kept, { requestedAtMs, latencyUs });
  const reasons = input.explain === undefined ? [] : await explainAnswers(kept, input.explain.top);
  const said = new Map(kept.map((row, index) => [row, reasons[index] ?? null]));
  const predictionOf = (row: AnsweredRow): Prediction => predictionFrom(row, said.get(row) ?? null);
  if (kept.length === answered.length) return kept.map(predictionOf);
  if (fallback === null) return [];
  const left = answered.filter((_, index) => !isKept[index]).map((row) => row.asked);
  const came = { requestedAtMs, startedAtMs: input.startedAtMs };
  const fallen = answerWithoutChampion(serving, { ...model, isChampionAway: true }, fallback, left, came).values();
  return answered.map((row, index) => (isKept[index] ? undefined : fallen.next().value) ?? predictionOf(row));
}

function predictionFrom(
  { asked: { predictionId, arm, row }, by, answer }: AnsweredRow,
  explanation: Explanation | null,
): Prediction {
  const whyAway = answer === null ? (by.whyAway?.() ?? null) : null;
  const repaired = row.repaired === undefined ? {} : { repaired: row.repaired };
  const explained = explanation === null ? {} : { explanation };
  return { predictionId, version: by.routed.version, arm, answer, whyAway, ...repaired, ...explained };
}

function isAway({ whyAway }: ServedVersion): boolean {
  return whyAway !== undefined && whyAway() !== null;
}

/** Throws `failureOf` for a request without one row that was answered. Its rows are logged and counted before. */
export function refuseUnanswered(predictions: readonly Prediction[]): void {
  const [first] = predictions;
  if (first !== undefined && predictions.every(({ answer }) => answer === null)) throw failureOf(first);
}

/** Said of a row, and of a request that has no other: `unavailable` where the same may be answered later. */
export function failureOf({ version, whyAway }: Prediction): PerennialError {
  if (typeof whyAway === 'string') return new PerennialError('unavailable', whyAway);
  const nothing = `version ${version} gave no score of which an answer can be made`;
  return new PerennialError('internal', nothing, { path: 'rows[0]' });
}

/** Reads the rows, names their predictions, gives each to an arm, and looks its views up. */
async function askRows(
  serving: Pick<Serving, 'membership' | 'views' | 'metrics'>,
  model: ServedModel,
  input: AnswerInput,
  nowMs: number,
): Promise<readonly AskedRow[]> {
  const { membership, views } = serving;
  // Nobody may be counting on what a process does that is no member (any more).
  const mayUseArms = membership.isMember() && input.isForChampion !== true;
  const rows = readRows(model.edge, input);
  await refuseUnknownKeys(views?.reader, model.references, rows, nowMs);
  const asked = rows.map((row, index) => {
    const predictionId = input.predictionIds?.[index] ?? timeOrderedId(nowMs);
    return { row, predictionId, ...route(model.entry, row.entity ?? predictionId, nowMs, mayUseArms) };
  });
  return views === undefined || model.views.length === 0 ? asked : withViews(serving, views, model, asked, nowMs);
}

/** The rows with the values of their views: what is answered, logged and learnt from is one and the same. */
async function withViews(
  { metrics }: Pick<Serving, 'metrics'>,
  { reader, sampler }: ServedViews,
  model: ServedModel,
  asked: readonly AskedRow[],
  nowMs: number,
): Promise<readonly AskedRow[]> {
  const { model: name } = model.entry;
  const rows = asked.map(({ row }) => row);
  const filled = await fillViews(reader, model.views, rows, nowMs);
  return asked.map((one, index) => {
    const { row = one.row, uses = [], looks = [] } = filled[index] ?? {};
    for (const { view, status, isLate } of uses) metrics?.viewed(name, view, isLate === true ? 'late' : status);
    sampler.offer(name, one.predictionId, looks);
    return { ...one, row, uses };
  });
}

import { answer as answerTo } from '../../answering/answer.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { Answer, PredictionRecord } from '../../domain/record/records.ts';
import type { Arm } from '../../domain/rollout/routing.ts';
import { rowsMax } from '../edge/bodies.ts';
import { chooseArm, type Assignment } from './choose-arm.ts';
import { entityHashOf } from '../edge/entity-hash.ts';
import type { ServedModel, ServedVersion } from '../versions/model-table.ts';
import { answerWithoutChampion } from './fallback-answer.ts';
import { readRow, type EdgeRow } from '../edge/read-row.ts';
import type { Serving } from '../serving.ts';
import { timeOrderedId } from '../edge/time-ordered-id.ts';

export interface PredictInput {
  readonly rows: readonly unknown[];
  readonly predictionIds?: readonly string[] | undefined;
  /** True answers every row with the champion, whatever the rollout says. */
  readonly championOnly?: boolean;
  /** `performance.now()` when the request came in. */
  readonly startedAtMs: number;
}

export interface Prediction {
  readonly predictionId: string;
  /** 0 when no version answered. */
  readonly version: number;
  readonly arm: Arm;
  readonly answer: Answer;
}

export interface Asked extends Assignment {
  readonly row: EdgeRow;
  readonly predictionId: string;
}

interface Answered {
  readonly asked: Asked;
  readonly by: ServedVersion;
  readonly answer: Answer;
  readonly failed: boolean;
}

/**
 * Answers the rows, in order. The other arm of a rollout scores the same rows after this has resolved, and only then
 * are the records written; their places in the log are taken before, so that the log keeps the order of the answers.
 */
export async function predict(
  serving: Serving,
  model: ServedModel,
  input: PredictInput,
): Promise<readonly Prediction[]> {
  const { champion } = model;
  const fallback = model.latestSpec.fallback ?? null;
  if (champion === null && fallback === null)
    throw new PerennialError('no_champion', `${model.entry.model} has no champion yet: no version of it may answer`);
  serving.spool.assertRoom();
  const requestedAtMs = Date.now();
  const asked = ask(serving, model, input, requestedAtMs);
  if (champion === null)
    return fallback === null
      ? []
      : answerWithoutChampion(serving, model, fallback, asked, { requestedAtMs, startedAtMs: input.startedAtMs });
  const answered = await answer(model, champion, asked);
  const latencyUs = Math.round((performance.now() - input.startedAtMs) * 1_000);
  void log(serving, model, champion, answered, { requestedAtMs, latencyUs });
  return answered.map(({ asked: { predictionId, arm }, by, answer: given }) => ({
    predictionId,
    version: by.routed.version,
    arm,
    answer: given,
  }));
}

function ask(serving: Serving, model: ServedModel, input: PredictInput, nowMs: number): readonly Asked[] {
  const { rows, predictionIds } = input;
  if (rows.length > rowsMax)
    throw new PerennialError('too_large', `rows has ${rows.length} rows; at most ${rowsMax} are answered at once`, {
      path: 'rows',
    });
  if (predictionIds !== undefined) checkIds(predictionIds, rows.length);
  const useChallenger = serving.membership.isMember() && input.championOnly !== true && model.challenger !== null;
  return rows.map((raw, index) => {
    const row = readRow(model.edge, raw, `rows[${index}]`);
    const predictionId = predictionIds?.[index] ?? timeOrderedId(nowMs);
    return { row, predictionId, ...chooseArm(model.entry, row.entity, predictionId, nowMs, useChallenger) };
  });
}

function checkIds(ids: readonly string[], rowCount: number): void {
  if (ids.length !== rowCount) {
    throw new PerennialError(
      'invalid_request',
      `predictionIds has ${ids.length} ids for ${rowCount} rows; send one per row`,
      { path: 'predictionIds' },
    );
  }
  if (new Set(ids).size !== ids.length)
    throw new PerennialError('invalid_request', 'predictionIds has the same id twice', { path: 'predictionIds' });
}

async function answer(
  model: ServedModel,
  champion: ServedVersion,
  asked: readonly Asked[],
): Promise<readonly Answered[]> {
  const { challenger } = model;
  const isChallengers = asked.map(({ arm }) => arm === 'challenger' && challenger !== null);
  const [byChallenger, byChampion] = await Promise.all([
    challenger === null
      ? []
      : score(
          challenger,
          asked.filter((_, index) => isChallengers[index]),
        ),
    score(
      champion,
      asked.filter((_, index) => !isChallengers[index]),
    ),
  ]);
  const queues = { challenger: byChallenger.values(), champion: byChampion.values() };
  const first = asked.map((_, index) => queues[isChallengers[index] ? 'challenger' : 'champion'].next().value ?? null);
  // Where the challenger failed, the champion answers; the record says whose failure it was.
  const failed = asked.filter((_, index) => isChallengers[index] && first[index] === null);
  const rescue = (await score(champion, failed)).values();
  return asked.map((row, index) => {
    const rescued = isChallengers[index] === true && first[index] === null;
    const given = rescued ? (rescue.next().value ?? null) : (first[index] ?? null);
    if (given === null) {
      throw new PerennialError(
        'internal',
        `version ${champion.routed.version} of ${model.entry.model} gave no finite score for rows[${index}]`,
        { path: `rows[${index}]` },
      );
    }
    return {
      asked: row,
      by: isChallengers[index] && !rescued && challenger !== null ? challenger : champion,
      answer: given,
      failed: rescued,
    };
  });
}

async function score(version: ServedVersion, asked: readonly Asked[]): Promise<readonly (Answer | null)[]> {
  const scores = await version.batcher.submit(asked.map(({ row }) => version.pick(row)));
  return scores.map((row) => (row === null ? null : answerTo(version.answerer, row)));
}

/** Never rejects: whatever the other arm does, what was answered is logged. */
async function log(
  serving: Serving,
  model: ServedModel,
  champion: ServedVersion,
  answered: readonly Answered[],
  when: { readonly requestedAtMs: number; readonly latencyUs: number },
): Promise<void> {
  const fill = serving.spool.reserve();
  const { challenger } = model;
  let others: readonly (Answer | null)[] = [];
  if (challenger !== null) {
    const scoreOther = (other: ServedVersion): Promise<readonly (Answer | null)[]> => {
      const rows = answered.filter(({ by, failed }) => !failed && by !== other).map(({ asked }) => asked);
      // A full queue costs the pair, not the answer.
      return score(other, rows).catch(() => rows.map(() => null));
    };
    const [byChallenger, byChampion] = await Promise.all([scoreOther(challenger), scoreOther(champion)]);
    const queues = { challenger: byChallenger.values(), champion: byChampion.values() };
    others = answered.map(({ by, failed }) =>
      failed ? null : (queues[by === champion ? 'challenger' : 'champion'].next().value ?? null),
    );
  }
  fill(
    answered.map((one, index) => {
      const other = challenger === null ? null : one.by === champion ? challenger : champion;
      return { type: 'prediction', record: recordOf(model, one, other, others[index] ?? null, when) };
    }),
  );
}

function recordOf(
  model: ServedModel,
  { asked, by, answer: given, failed }: Answered,
  other: ServedVersion | null,
  otherAnswer: Answer | null,
  when: { readonly requestedAtMs: number; readonly latencyUs: number },
): PredictionRecord {
  const { entry, edge } = model;
  const { row } = asked;
  return {
    predictionId: asked.predictionId,
    model: entry.model,
    requestedAtMs: when.requestedAtMs,
    eventTimeMs: row.eventTimeMs,
    entityHash: row.entity === null ? null : entityHashOf(entry.model, row.entity),
    bucket: asked.bucket,
    arm: asked.arm,
    stage: entry.stage,
    challengerWeight: entry.challengerWeight,
    version: by.routed.version,
    correction: by.routed.correction,
    routingRevision: entry.revision,
    specRevision: entry.specRevision,
    numbers: Array.from(row.numbers.subarray(0, edge.logged.numberCount)),
    texts: row.texts.slice(0, edge.logged.textCount),
    answer: given,
    otherVersion: other?.routed.version ?? null,
    otherAnswer,
    failed,
    latencyUs: when.latencyUs,
  };
}

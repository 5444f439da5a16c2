import type { EntityNames } from '../../domain/record/entity-names.ts';
import type { Answer, PredictionRecord } from '../../domain/record/records.ts';
import type { Arm } from '../../domain/rollout/routing.ts';
import type { ServedModel } from '../versions/model-table.ts';
import type { AnswerTime, AskedRow } from './prediction.ts';

/** What answered a row, and what the other arm of a rollout says about it. */
export interface Outcome {
  readonly arm: Arm;
  readonly version: number;
  readonly correction: string;
  readonly answer: Answer;
  readonly otherVersion: number | null;
  readonly otherAnswer: Answer | null;
  readonly hasFailed: boolean;
}

/** The record of one answered row. */
export function predictionRecord(
  entities: Pick<EntityNames, 'hashOf'>,
  { entry, edge }: ServedModel,
  asked: AskedRow,
  outcome: Outcome,
  { requestedAtMs, latencyUs }: AnswerTime,
): PredictionRecord {
  const { row, predictionId, bucket } = asked;
  return {
    predictionId,
    model: entry.model,
    requestedAtMs,
    eventTimeMs: row.eventTimeMs,
    entityHash: row.entity === null ? null : entities.hashOf(entry.model, row.entity),
    isEntityKeyed: true,
    bucket,
    arm: outcome.arm,
    // Rows of an A/B test belong to no step of a rollout that goes on beside it.
    ...(asked.abTestArm === null
      ? { stage: entry.stage, challengerWeight: entry.challengerWeight }
      : { stage: 'steady', challengerWeight: 0 }),
    version: outcome.version,
    correction: outcome.correction,
    routingRevision: entry.revision,
    specRevision: entry.specRevision,
    numbers: Array.from(row.numbers.subarray(0, edge.logged.numberCount)),
    texts: row.texts.slice(0, edge.logged.textCount),
    answer: outcome.answer,
    otherVersion: outcome.otherVersion,
    otherAnswer: outcome.otherAnswer,
    failed: outcome.hasFailed,
    latencyUs,
    ...(asked.uses === undefined || asked.uses.length === 0 ? {} : { views: asked.uses }),
  };
}

import { identityCorrection } from '../../domain/rollout/correction.ts';
import { answerByFallback } from '../../answering/answer-by-fallback.ts';
import type { PredictionRecord } from '../../domain/record/records.ts';
import { fallbackVersion } from '../../domain/rollout/routing.ts';
import type { FallbackSpec } from '../../domain/spec/spec.ts';
import { entityHashOf } from '../edge/entity-hash.ts';
import type { ServedModel } from '../versions/model-table.ts';
import type { Asked, Prediction } from './predict.ts';
import type { Serving } from '../serving.ts';

/**
 * Answers rows by the declared fallback while no version can. They are logged like any other, under version 0: their
 * labels join, and later trainings use the rows. Where a champion is routed that this process could not load, they
 * count as failed.
 */
export function answerWithoutChampion(
  serving: Serving,
  model: ServedModel,
  fallback: FallbackSpec,
  asked: readonly Asked[],
  when: { readonly requestedAtMs: number; readonly startedAtMs: number },
): readonly Prediction[] {
  const { entry, edge } = model;
  const answered = asked.map((one) => ({ one, answer: answerByFallback(fallback, edge.logged, one.row) }));
  const latencyUs = Math.round((performance.now() - when.startedAtMs) * 1_000);
  const fill = serving.spool.reserve();
  fill(
    answered.map(({ one: { row, predictionId, bucket }, answer }) => {
      const record: PredictionRecord = {
        predictionId,
        model: entry.model,
        requestedAtMs: when.requestedAtMs,
        eventTimeMs: row.eventTimeMs,
        entityHash: row.entity === null ? null : entityHashOf(entry.model, row.entity),
        bucket,
        arm: 'fallback',
        stage: entry.stage,
        challengerWeight: entry.challengerWeight,
        version: fallbackVersion,
        correction: identityCorrection,
        routingRevision: entry.revision,
        specRevision: entry.specRevision,
        numbers: Array.from(row.numbers.subarray(0, edge.logged.numberCount)),
        texts: row.texts.slice(0, edge.logged.textCount),
        answer,
        otherVersion: null,
        otherAnswer: null,
        failed: model.isChampionAway,
        latencyUs,
      };
      return { type: 'prediction', record };
    }),
  );
  return answered.map(({ one, answer }) => ({
    predictionId: one.predictionId,
    version: fallbackVersion,
    arm: 'fallback',
    answer,
  }));
}

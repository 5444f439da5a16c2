import { answerByFallback } from '../../answering/answer-by-fallback.ts';
import { identityCorrection } from '../../domain/rollout/correction.ts';
import { fallbackVersion } from '../../domain/rollout/routing.ts';
import type { FallbackSpec } from '../../domain/spec/spec.ts';
import type { Serving } from '../serving.ts';
import type { ServedModel } from '../versions/model-table.ts';
import { predictionRecord } from './prediction-record.ts';
import type { AskedRow, Prediction } from './prediction.ts';

/**
 * Answers rows by the declared fallback while no version can. They are logged like any other, under version 0: their
 * labels join, and later trainings use the rows. Where a champion is routed that this process could not load, they
 * count as failed.
 */
export function answerWithoutChampion(
  serving: Pick<Serving, 'spool' | 'entities'>,
  model: ServedModel,
  fallback: FallbackSpec,
  asked: readonly AskedRow[],
  came: { readonly requestedAtMs: number; readonly startedAtMs: number },
): readonly Prediction[] {
  const answered = asked.map((one) => ({ one, answer: answerByFallback(fallback, model.edge.logged, one.row) }));
  const latencyUs = Math.round((performance.now() - came.startedAtMs) * 1_000);
  const when = { requestedAtMs: came.requestedAtMs, latencyUs };
  const by = { arm: 'fallback', version: fallbackVersion } as const;
  const alone = {
    correction: identityCorrection,
    otherVersion: null,
    otherAnswer: null,
    hasFailed: model.isChampionAway,
  };
  const fill = serving.spool.reserve();
  fill(
    answered.map(({ one, answer }) => ({
      type: 'prediction',
      record: predictionRecord(serving.entities, model, one, { ...by, ...alone, answer }, when),
    })),
  );
  return answered.map(({ one, answer }) => ({
    predictionId: one.predictionId,
    ...by,
    answer,
    ...(one.row.repaired === undefined ? {} : { repaired: one.row.repaired }),
  }));
}

import type { LabelRecord, PredictionRecord, ProxyRecord, SpoolRecord } from '../../src/domain/record/records.ts';

/** A prediction of the model `fraud` as the spool hands it over. */
export function predictionRecord(
  predictionId: string,
  more: Partial<PredictionRecord> = {},
): Extract<SpoolRecord, { type: 'prediction' }> {
  return {
    type: 'prediction',
    record: {
      predictionId,
      model: 'fraud',
      requestedAtMs: 1_777_000_000_123,
      eventTimeMs: 5,
      entityHash: 'e'.repeat(32),
      isEntityKeyed: true,
      bucket: 4_294_967_295,
      arm: 'champion',
      stage: 'steady',
      challengerWeight: 0,
      version: 1,
      correction: 'identity',
      routingRevision: 2,
      specRevision: 1,
      numbers: [15, NaN],
      texts: ['a'],
      answer: { scores: [0.75, 0.25], decision: 'fine' },
      otherVersion: null,
      otherAnswer: null,
      failed: false,
      latencyUs: 100,
      ...more,
    },
  };
}

/** A label of the model `fraud` for the prediction `x`. */
export function labelRecord(labelId: string, more: Partial<LabelRecord> = {}): SpoolRecord {
  return {
    type: 'label',
    record: {
      labelId,
      model: 'fraud',
      predictionId: 'x',
      entityHash: null,
      isEntityKeyed: true,
      eventTimeMs: null,
      label: 'fine',
      receivedAtMs: 1_777_000_000_000,
      ...more,
    },
  };
}

/** A value of the proxy `call` of the model `fraud` for a prediction. */
export function proxyRecord(predictionId: string, value: number, more: Partial<ProxyRecord> = {}): SpoolRecord {
  const record = { model: 'fraud', name: 'call', predictionId, value, receivedAtMs: 1_777_000_000_000 };
  return { type: 'proxy', record: { ...record, ...more } };
}

import type { SealedKind } from '../../domain/record/sealed.ts';

/** Columns of a sealed file and their types; the export of src/db/traffic/seal writes the same names. */
export const sealedColumns: Readonly<Record<SealedKind, Readonly<Record<string, string>>>> = {
  predictions: {
    seq: 'BIGINT',
    prediction_id: 'VARCHAR',
    window_number: 'INTEGER',
    requested_at_ms: 'BIGINT',
    event_time_ms: 'BIGINT',
    entity_hash: 'VARCHAR',
    bucket: 'BIGINT',
    arm: 'VARCHAR',
    stage: 'VARCHAR',
    challenger_weight: 'BIGINT',
    version: 'INTEGER',
    correction: 'VARCHAR',
    routing_revision: 'INTEGER',
    spec_revision: 'INTEGER',
    numbers: 'DOUBLE[]',
    texts: 'VARCHAR[]',
    scores: 'DOUBLE[]',
    raw_scores: 'DOUBLE[]',
    decision: 'VARCHAR',
    other_version: 'INTEGER',
    other_scores: 'DOUBLE[]',
    other_raw_scores: 'DOUBLE[]',
    failed: 'BOOLEAN',
    latency_us: 'INTEGER',
  },
  labels: {
    label_seq: 'BIGINT',
    label_id: 'VARCHAR',
    prediction_id: 'VARCHAR',
    prediction_seq: 'BIGINT',
    entity_hash: 'VARCHAR',
    event_time_ms: 'BIGINT',
    label: 'VARCHAR',
    known_seq: 'BIGINT',
    known_window: 'INTEGER',
    received_at_ms: 'BIGINT',
  },
};

/** Rows are found by their order: predictions by position, labels by the position of their prediction. */
export const sealedOrder: Readonly<Record<SealedKind, string>> = {
  predictions: 'seq',
  labels: 'prediction_seq NULLS LAST, label_seq',
};

const digits = (text: string): string => `sum(CAST(CAST('0x' || left(md5(${text}), 8) AS BIGINT) AS HUGEINT))`;
const scaled = (list: string): string =>
  `coalesce(sum(list_sum(list_transform(list_filter(${list}, lambda x: abs(x) < 1e9), lambda x: CAST(trunc(x * 1e6) AS
    HUGEINT)))), 0)`;

/** By name, the sums that Postgres computes as well (src/db/traffic/seal/stretch-sums.ts). */
export const sealedSums: Readonly<Record<SealedKind, Readonly<Record<string, string>>>> = {
  predictions: {
    rows: 'count(*)',
    places: 'sum(seq)',
    windows: 'sum(window_number)',
    versions: 'sum(version)',
    latencies: 'sum(latency_us)',
    failures: 'count(*) FILTER (WHERE failed)',
    texts: digits(
      `concat_ws('|', prediction_id, entity_hash, event_time_ms, arm, stage, correction, decision, requested_at_ms,
        array_to_string(list_transform(texts, lambda x: coalesce(x, '~')), '|'))`,
    ),
    numbers: scaled('numbers'),
    scores: scaled('scores'),
    other_scores: scaled('other_scores'),
  },
  labels: {
    rows: 'count(*)',
    places: 'sum(label_seq)',
    windows: 'sum(known_window)',
    known: 'sum(known_seq)',
    texts: digits(
      `concat_ws('|', label_id, prediction_id, entity_hash, event_time_ms, label, received_at_ms, prediction_seq)`,
    ),
  },
};

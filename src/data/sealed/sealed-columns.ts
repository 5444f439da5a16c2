import type { SealedKind } from '../../domain/record/sealed.ts';
import { sumsIn } from '../../domain/record/sealed-sums.ts';

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

/** By name, the sums of a file; Postgres has the same of its rows (src/db/traffic/seal/stretch-sums.ts). */
export const sealedSums = sumsIn({
  digits: (text) => `sum(CAST(CAST('0x' || left(md5(${text}), 8) AS BIGINT) AS HUGEINT))`,
  scaled: (list) =>
    `coalesce(sum(list_sum(list_transform(list_filter(${list}, lambda x: abs(x) < 1e9), lambda x: CAST(trunc(x * 1e6) AS
      HUGEINT)))), 0)`,
  joined: (list) => `array_to_string(list_transform(${list}, lambda x: coalesce(x, '~')), '|')`,
});

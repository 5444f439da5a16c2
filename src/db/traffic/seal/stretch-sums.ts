import type { SealedKind } from '../../../domain/record/sealed.ts';

const digits = (text: string): string => `sum(('x' || left(md5(${text}), 8))::bit(32)::bigint)`;
const scaled = (list: string): string =>
  `coalesce(sum((select sum(trunc(x * 1e6)::numeric) from unnest(${list}) x where abs(x) < 1e9)), 0)`;

/** By name, over the rows of the export, the sums that a sealed file must have (src/data/sealed/sealed-columns.ts). */
export const stretchSums: Readonly<Record<SealedKind, Readonly<Record<string, string>>>> = {
  predictions: {
    rows: 'count(*)',
    places: 'sum(seq)',
    windows: 'sum(window_number)',
    versions: 'sum(version)',
    latencies: 'sum(latency_us)',
    failures: 'count(*) filter (where failed)',
    texts: digits(
      `concat_ws('|', prediction_id, entity_hash, event_time_ms, arm, stage, correction, decision, requested_at_ms,
        array_to_string(texts, '|', '~'))`,
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

import type { SealedKind } from './sealed.ts';

/** How a database writes what every one can add up and none writes alike. */
export interface SumDialect {
  /** A sum over hashes of texts. */
  digits(text: string): string;
  /** A sum over the numbers of lists, each cut to millionths, as far as they are numbers and not huge. */
  scaled(list: string): string;
  /** A list of texts as one: `|` between them, `~` for one that is missing. */
  joined(list: string): string;
}

/** By name, the sums that a stretch must have in Postgres and in its file alike. */
export function sumsIn({
  digits,
  scaled,
  joined,
}: SumDialect): Readonly<Record<SealedKind, Readonly<Record<string, string>>>> {
  return {
    predictions: {
      rows: 'count(*)',
      places: 'sum(seq)',
      windows: 'sum(window_number)',
      versions: 'sum(version)',
      latencies: 'sum(latency_us)',
      failures: 'count(*) filter (where failed)',
      texts: digits(
        `concat_ws('|', prediction_id, entity_hash, event_time_ms, arm, stage, correction, decision, requested_at_ms,
          ${joined('texts')})`,
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
}

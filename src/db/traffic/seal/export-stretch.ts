import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { StretchSums } from '../../../domain/record/sealed.ts';
import type { Database } from '../../base/connect.ts';
import type { Stretch } from './next-stretch.ts';
import { atLeisure } from './parts.ts';
import { stretchSums } from './stretch-sums.ts';

const epochMs = (column: string): string => `round(extract(epoch from ${column}) * 1000)::bigint`;

const rowsOf = {
  predictions: `select seq, prediction_id, window_number, ${epochMs('requested_at')} as requested_at_ms, event_time_ms,
    entity_hash, bucket, arm, stage, challenger_weight, version, correction, routing_revision, spec_revision, numbers,
    texts, scores, raw_scores, decision, other_version, other_scores, other_raw_scores, failed, latency_us
    from prediction where`,
  // Labels of part 0 are older than the column that says where their prediction stands. One that waited for longer than
  // ids are known stands before its prediction, and is not its label in a file either.
  labels: `select label_seq, label_id, prediction_id, coalesce(prediction_seq, (select p.seq from prediction p
    where p.model = label.model and p.prediction_id = label.prediction_id and p.part <= label.part
    order by p.seq desc limit 1))
    as prediction_seq, entity_hash, event_time_ms, label, known_seq, known_window,
    ${epochMs('received_at')} as received_at_ms
    from label where`,
} as const;

/** What Postgres says of a stretch: its sums, and what the list of stretches keeps. */
export interface StretchFacts {
  readonly sums: StretchSums;
  readonly firstWindow: number;
  readonly lastWindow: number;
  readonly firstSeq: number | null;
  readonly lastSeq: number | null;
  readonly fromAt: Date;
  readonly toAt: Date;
}

/** Writes the rows of a stretch as lines of JSON: without loss, and at the cost of a COPY. */
export async function exportStretch(database: Pick<Database, 'pool'>, stretch: Stretch, file: string): Promise<void> {
  await atLeisure(database, async (client) => {
    // The quote and the delimiter are characters that JSON never has, so its lines come through as they are.
    const out = client.query(
      copyTo(
        `copy (select row_to_json(r) from (${rowsOf[stretch.kind]} ${whereOf(stretch)}) r) to stdout
          with (format csv, quote e'\\x01', delimiter e'\\x02')`,
      ),
    );
    await pipeline(out, createWriteStream(file));
  });
}

export async function readStretchFacts(database: Pick<Database, 'pool'>, stretch: Stretch): Promise<StretchFacts> {
  const isLabels = stretch.kind === 'labels';
  const [window, seq, at] = isLabels
    ? ['known_window', 'prediction_seq', 'received_at_ms']
    : ['window_number', 'seq', 'requested_at_ms'];
  const sums = Object.entries(stretchSums[stretch.kind]).map(([name, sum]) => `(${sum})::text as ${name}`);
  const { rows } = await atLeisure(database, (client) =>
    client.query<Record<string, string | null>>(
      `select ${sums.join(', ')}, min(${window})::text as "firstWindow", max(${window})::text as "lastWindow",
         min(${seq})::text as "firstSeq", max(${seq})::text as "lastSeq", min(${at})::text as "fromAt",
         max(${at})::text as "toAt"
       from (${rowsOf[stretch.kind]} ${whereOf(stretch)}) r`,
    ),
  );
  const row = rows[0] ?? {};
  const { firstWindow, lastWindow, firstSeq, lastSeq, fromAt, toAt } = row;
  return {
    sums: Object.fromEntries(Object.keys(stretchSums[stretch.kind]).map((name) => [name, String(row[name])])),
    firstWindow: Number(firstWindow),
    lastWindow: Number(lastWindow),
    firstSeq: firstSeq == null ? null : Number(firstSeq),
    lastSeq: lastSeq == null ? null : Number(lastSeq),
    fromAt: new Date(Number(fromAt)),
    toAt: new Date(Number(toAt)),
  };
}

/** COPY takes no parameters: the model is quoted here, the rest are whole numbers. */
function whereOf({ part, model, kind, firstPlace, lastPlace }: Stretch): string {
  const place = kind === 'predictions' ? 'seq' : 'label_seq';
  return `part = ${part} and model = ${pg.escapeLiteral(model)} and ${place} between ${firstPlace} and ${lastPlace}`;
}

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { PredictionRecord } from '../../../domain/record/records.ts';

/** A prediction with its place in the model's traffic. */
export interface PlacedPrediction {
  readonly record: PredictionRecord;
  readonly seq: number;
  readonly window: number;
}

const columns =
  'model, prediction_id, seq, window_number, requested_at, event_time_ms, entity_hash, bucket, arm, ' +
  'stage, challenger_weight, version, ' +
  'correction, routing_revision, spec_revision, numbers, texts, scores, raw_scores, decision, other_version, ' +
  'other_scores, other_raw_scores, failed, latency_us, part';

/**
 * COPY in text form: one round trip for a whole segment. The caller holds the stream's lock and has removed duplicates.
 */
export async function copyPredictions(
  client: pg.PoolClient,
  placed: readonly PlacedPrediction[],
  part: number,
): Promise<void> {
  if (placed.length === 0) return;
  const target = client.query(copyFrom(`copy prediction (${columns}) from stdin`));
  await pipeline(Readable.from(chunks(placed, part)), target);
}

/** Rows per chunk: large enough to be few, small enough not to build one huge string. */
const rowsPerChunk = 256;

function* chunks(placed: readonly PlacedPrediction[], part: number): Generator<string> {
  for (let from = 0; from < placed.length; from += rowsPerChunk) {
    yield placed
      .slice(from, from + rowsPerChunk)
      .map((prediction) => lineOf(prediction, part))
      .join('');
  }
}

function lineOf({ record: r, seq, window }: PlacedPrediction, part: number): string {
  const fields = [
    text(r.model),
    text(r.predictionId),
    String(seq),
    String(window),
    new Date(r.requestedAtMs).toISOString(),
    number(r.eventTimeMs),
    text(r.entityHash),
    String(r.bucket),
    r.arm,
    r.stage,
    String(r.challengerWeight),
    String(r.version),
    text(r.correction),
    String(r.routingRevision),
    String(r.specRevision),
    numbers(r.numbers),
    texts(r.texts),
    numbers(r.answer.scores),
    optionalNumbers(r.answer.rawScores),
    text(r.answer.decision),
    number(r.otherVersion),
    optionalNumbers(r.otherAnswer?.scores),
    optionalNumbers(r.otherAnswer?.rawScores),
    r.failed ? 't' : 'f',
    String(Math.min(r.latencyUs, 2_147_483_647)),
    String(part),
  ];
  return `${fields.join('\t')}\n`;
}

const nothing = '\\N';

/** COPY's own escapes: backslash, tab and the line ends would otherwise end a field or a row. */
function text(value: string | null): string {
  if (value === null) return nothing;
  return /[\\\t\n\r]/.test(value) ? value.replace(/[\\\t\n\r]/g, (found) => escapes[found] ?? found) : value;
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function number(value: number | null): string {
  return value === null ? nothing : String(value);
}

function optionalNumbers(values: readonly number[] | undefined): string {
  return values === undefined ? nothing : numbers(values);
}

/** `{1,NaN,Infinity}`: Postgres reads the names that JavaScript writes. */
function numbers(values: readonly number[]): string {
  return `{${values.join(',')}}`;
}

/** Array elements are quoted first (a text may be "NULL" or have a comma), then the whole is escaped for COPY. */
function texts(values: readonly (string | null)[]): string {
  return text(
    `{${values.map((value) => (value === null ? 'NULL' : `"${value.replace(/[\\"]/g, '\\$&')}"`)).join(',')}}`,
  );
}

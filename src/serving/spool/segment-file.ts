import { PerennialError } from '../../domain/words/errors.ts';
import { entityHashPattern } from '../../domain/record/entity-names.ts';
import type { Answer, LabelRecord, PredictionRecord, ProxyRecord, SpoolRecord } from '../../domain/record/records.ts';
import { arms, stages } from '../../domain/rollout/routing.ts';
import { valueStatuses } from '../../domain/view/closed-sets.ts';
import type { ViewUse } from '../../domain/view/view-use.ts';

/** Names of spool files: written as `.tmp`, whole as `.ready`, shipped before as `.again.ready`, refused as `.bad`. */
export const segmentSuffix = { writing: '.tmp', ready: '.ready', again: '.again.ready', bad: '.bad' } as const;

/** One record as a line. JSON has no NaN: a missing number is null there and NaN again when read. */
export function encodeRecord(record: SpoolRecord): string {
  return JSON.stringify(record);
}

/** A head line, the records, and an end line that counts them: a file cut short cannot pass for a whole one. */
export function encodeSegment(segmentId: string, processId: string, lines: readonly string[]): string {
  const head = JSON.stringify({ type: 'head', formatVersion: 1, segmentId, processId });
  const end = JSON.stringify({ type: 'end', records: lines.length });
  return `${[head, ...lines, end].join('\n')}\n`;
}

/** Throws `invalid_data` for a line that does not begin a segment of this format. */
export function parseHead(line: string | undefined): { readonly segmentId: string; readonly processId: string } {
  const head = parseLine(line);
  if (head['type'] !== 'head' || head['formatVersion'] !== 1) throw corrupt('it has no head line of a known format');
  const { segmentId, processId } = head;
  if (typeof segmentId !== 'string' || typeof processId !== 'string') throw corrupt('its head line has no ids');
  return { segmentId, processId };
}

/** True for the first line of a segment. A record begins with its own type, so it is never taken for one. */
export function isHead(line: string): boolean {
  return line.startsWith('{"type":"head"');
}

/** How many records an end line counts; null for any other line. */
export function recordsEnd(line: string | undefined): number | null {
  try {
    const { type, records } = parseLine(line);
    return type === 'end' && typeof records === 'number' ? records : null;
  } catch {
    return null;
  }
}

/** Throws `invalid_data` for a line that is no record. */
export function parseRecord(line: string): SpoolRecord {
  return readRecord(parseLine(line));
}

/** The whole records of a file that its process did not finish; the last line may be half a record. */
export function salvageLines(text: string): { readonly processId: string; readonly lines: readonly string[] } {
  const [first, ...rest] = text.split('\n');
  const lines = rest.filter((line) => {
    try {
      parseRecord(line);
      return true;
    } catch {
      return false;
    }
  });
  try {
    return { processId: String(parseLine(first)['processId']), lines };
  } catch {
    return { processId: 'unknown', lines };
  }
}

type Fields = Readonly<Record<string, unknown>>;

function parseLine(line: string | undefined): Fields {
  try {
    const value: unknown = JSON.parse(line ?? '');
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch {
    // Said below.
  }
  throw corrupt('a line is not a JSON object');
}

function readRecord(line: Fields): SpoolRecord {
  const { type, record } = line;
  if (typeof record !== 'object' || record === null) throw corrupt('a line has no record');
  if (type === 'prediction') return { type, record: readPrediction({ ...record }) };
  if (type === 'label') return { type, record: readLabel({ ...record }) };
  if (type === 'proxy') return { type, record: readProxy({ ...record }) };
  throw corrupt(`a line has the unknown type ${String(type)}`);
}

function readPrediction(fields: Fields): PredictionRecord {
  return {
    predictionId: text(fields, 'predictionId'),
    model: text(fields, 'model'),
    requestedAtMs: number(fields, 'requestedAtMs'),
    eventTimeMs: numberOrNull(fields, 'eventTimeMs'),
    ...readEntity(fields),
    bucket: number(fields, 'bucket'),
    arm: oneOf(fields, 'arm', arms),
    stage: oneOf(fields, 'stage', stages),
    challengerWeight: number(fields, 'challengerWeight'),
    version: number(fields, 'version'),
    correction: text(fields, 'correction'),
    routingRevision: number(fields, 'routingRevision'),
    specRevision: number(fields, 'specRevision'),
    numbers: listOf(fields, 'numbers').map((value) => (typeof value === 'number' ? value : NaN)),
    texts: listOf(fields, 'texts').map((value) => (typeof value === 'string' ? value : null)),
    answer: readAnswer(fields['answer']),
    otherVersion: numberOrNull(fields, 'otherVersion'),
    otherAnswer: fields['otherAnswer'] === null ? null : readAnswer(fields['otherAnswer']),
    failed: fields['failed'] === true,
    latencyUs: number(fields, 'latencyUs'),
    ...readViewUses(fields['views']),
  };
}

/** Absent in rows without views, and in what earlier releases wrote. */
function readViewUses(value: unknown): Pick<PredictionRecord, 'views'> {
  if (!Array.isArray(value)) return {};
  const views = value.map((one: unknown): ViewUse => {
    if (typeof one !== 'object' || one === null) throw corrupt('views holds no object');
    const fields: Fields = { ...one };
    return {
      view: text(fields, 'view'),
      digest: text(fields, 'digest'),
      status: oneOf(fields, 'status', valueStatuses),
      ageMs: numberOrNull(fields, 'ageMs'),
      atMs: number(fields, 'atMs'),
      given: number(fields, 'given'),
      ...(fields['isLate'] === true ? { isLate: true } : {}),
    };
  });
  return { views };
}

function readLabel(fields: Fields): LabelRecord {
  return {
    labelId: text(fields, 'labelId'),
    model: text(fields, 'model'),
    predictionId: textOrNull(fields, 'predictionId'),
    ...readEntity(fields),
    eventTimeMs: numberOrNull(fields, 'eventTimeMs'),
    label: text(fields, 'label'),
    receivedAtMs: number(fields, 'receivedAtMs'),
  };
}

function readProxy(fields: Fields): ProxyRecord {
  return {
    model: text(fields, 'model'),
    name: text(fields, 'name'),
    predictionId: text(fields, 'predictionId'),
    value: number(fields, 'value'),
    receivedAtMs: number(fields, 'receivedAtMs'),
  };
}

/** The marker is missing in what releases wrote that had no key. */
function readEntity(fields: Fields): Pick<LabelRecord, 'entityHash' | 'isEntityKeyed'> {
  const entityHash = textOrNull(fields, 'entityHash');
  if (entityHash !== null && !entityHashPattern.test(entityHash)) throw corrupt('entityHash is no hash of an entity');
  return { entityHash, isEntityKeyed: fields['isEntityKeyed'] === true };
}

function readAnswer(value: unknown): Answer {
  if (typeof value !== 'object' || value === null) throw corrupt('a prediction has no answer');
  const fields: Fields = { ...value };
  const scores = numbersOf(fields, 'scores');
  const raw = fields['rawScores'] === undefined ? {} : { rawScores: numbersOf(fields, 'rawScores') };
  return { scores, ...raw, decision: textOrNull(fields, 'decision') };
}

function numbersOf(fields: Fields, name: string): readonly number[] {
  return listOf(fields, name).map((value) => (typeof value === 'number' ? value : NaN));
}

function text(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value === 'string') return value;
  throw corrupt(`${name} is not text`);
}

function textOrNull(fields: Fields, name: string): string | null {
  return fields[name] === null ? null : text(fields, name);
}

function number(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value === 'number') return value;
  throw corrupt(`${name} is not a number`);
}

function numberOrNull(fields: Fields, name: string): number | null {
  return fields[name] === null ? null : number(fields, name);
}

function listOf(fields: Fields, name: string): readonly unknown[] {
  const value = fields[name];
  if (Array.isArray(value)) return value;
  throw corrupt(`${name} is not a list`);
}

function oneOf<T extends string>(fields: Fields, name: string, known: readonly T[]): T {
  const found = known.find((value) => value === fields[name]);
  if (found !== undefined) return found;
  throw corrupt(`${name} is none of ${known.join(', ')}`);
}

function corrupt(reason: string): PerennialError {
  return new PerennialError('invalid_data', `the spool segment is corrupt: ${reason}`);
}

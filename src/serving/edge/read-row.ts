import { isText } from '../../domain/features/kind-of.ts';
import type { FeatureKind } from '../../domain/spec/spec.ts';
import type { PerennialError } from '../../domain/words/errors.ts';
import { cut } from '../../domain/words/cut.ts';
import { listNames, nearestName } from '../../domain/words/nearest-name.ts';
import { fieldNames, type EdgeColumn, type EdgeSignature } from './edge-signature.ts';
import { isWithin } from '../../onnx/run/number-range.ts';
import { isZoneless, parseInstant } from './instant.ts';
import { refuseByRules } from './refuse-by-rules.ts';
import { otherCells } from './repair-request.ts';
import { charsMax } from '../../domain/words/limits.ts';
import { refusedAt } from './refused-at.ts';
import type { EdgeRow } from './edge-row.ts';

/**
 * Reads one row (a JSON object), behind its declared repairs, into the cells of the signature. Throws `invalid_request`
 * with one sentence that names the field: unknown, missing, of the wrong type, not finite, or kept out by the contract
 * or by the type of the model's input.
 */
export function readRow(edge: EdgeSignature, row: unknown, path: string): EdgeRow {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) {
    throw refusedAt(path, `${path} must be an object of field names and values`);
  }
  if (edge.repairs === null && edge.otherRepairs.length === 0) return readCells(edge, row, path);
  const given = row as Readonly<Record<string, unknown>>;
  refuseLongTexts(given, path);
  const { row: made, repaired } = edge.repairs?.repair(given) ?? { row: given, repaired: [] };
  const read = readCells(edge, made, path);
  const others = edge.otherRepairs.map(
    ({ key, repairs, columns }) => [key, otherCells(repairs, given, columns)] as const,
  );
  return {
    ...read,
    ...(repaired.length === 0 ? {} : { repaired }),
    ...(others.length === 0 ? {} : { others: new Map(others) }),
  };
}

/** Before any repair looks at them: upper case of a body full of one text holds up everyone's requests. */
function refuseLongTexts(row: Readonly<Record<string, unknown>>, path: string): void {
  for (const [name, value] of Object.entries(row))
    if (typeof value === 'string' && value.length > charsMax.value) plainText(value, `${path}.${name.slice(0, 64)}`);
}

function readCells(edge: EdgeSignature, row: object, path: string): EdgeRow {
  const numbers = new Float64Array(edge.numberCount).fill(NaN);
  const texts: (string | null)[] = Array.from({ length: edge.textCount }, () => null);
  let entity: string | null = null;
  let eventTimeMs: number | null = null;
  for (const [name, value] of Object.entries(row)) {
    const column = edge.columnsByName.get(name);
    if (edge.zonedColumns.has(name) && isZoneless(value))
      throw refusedAt(`${path}.${name}`, `${path}.${name} must name its time zone, as 2026-05-03T14:03:00Z does`);
    if (column !== undefined && value !== null && value !== undefined) {
      if (isText(column)) texts[column.index] = readText(column, value, path);
      else numbers[column.index] = readCell(column, value, `${path}.${column.name}`);
    }
    if (name === edge.entityColumn) entity = readEntity(value, `${path}.${name}`);
    if (name === edge.eventTimeColumn) eventTimeMs = readEventTime(value, `${path}.${name}`);
    if (column === undefined && name !== edge.entityColumn && name !== edge.eventTimeColumn)
      throw unknownField(edge, name, path);
  }
  refuseMissing(edge, numbers, texts, path);
  const read = { numbers, texts, entity, eventTimeMs };
  if (edge.checks !== null) refuseByRules(edge.checks, read, path);
  return read;
}

function refuseMissing(
  edge: EdgeSignature,
  numbers: Float64Array,
  texts: readonly (string | null)[],
  path: string,
): void {
  for (const column of edge.columns) {
    if (column.neededBy === null) continue;
    const missing = isText(column) ? texts[column.index] === null : Number.isNaN(numbers[column.index]);
    if (missing)
      throw refusedAt(
        `${path}.${column.name}`,
        column.neededBy === 'contract'
          ? `${path}.${column.name} is missing, and the model refuses rows without it`
          : `${path}.${column.name} is missing, and the model has no form for a missing one`,
      );
  }
}

/** A number that the contract or the type of the model's input keeps out is refused here, by name. */
function readCell(column: EdgeColumn, value: unknown, at: string): number {
  const read = numberReaders[column.kind](value, at);
  if (column.numbers === null || isWithin(read, column.numbers)) return read;
  throw refusedAt(at, `${at} is ${describe(value)}, ${column.numbers.refusal(read)}`);
}

/** How a value that travels as a float64 is read; `category` stands for completeness, it travels as text. */
const numberReaders: Record<FeatureKind, (value: unknown, at: string) => number> = {
  number: readNumber,
  category: readNumber,
  boolean(value, at) {
    if (typeof value === 'boolean') return value ? 1 : 0;
    throw refusedAt(at, `${at} must be true or false, not ${describe(value)}`);
  },
  time: readInstant,
};

function readNumber(value: unknown, at: string): number {
  if (typeof value !== 'number') throw refusedAt(at, `${at} must be a number, not ${describe(value)}`);
  if (!Number.isFinite(value)) throw refusedAt(at, `${at} must be a finite number; send null for a missing value`);
  return value;
}

/** Null for the empty text, which is missing in files and for the model. */
function readText(column: EdgeColumn, value: unknown, path: string): string | null {
  const at = `${path}.${column.name}`;
  if (value === '') return null;
  if (typeof value !== 'string') throw refusedAt(at, `${at} must be text, not ${describe(value)}`);
  if (column.values !== null && !column.values.has(value)) {
    throw refusedAt(at, `${at} is ${describe(value)}, which is none of: ${listNames([...column.values])}`);
  }
  return plainText(value, at);
}

function readEntity(value: unknown, at: string): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return plainText(value, at);
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return String(value);
  throw refusedAt(at, `${at} must be text or a number, not ${describe(value)}`);
}

function readEventTime(value: unknown, at: string): number | null {
  if (value === null || value === undefined) return null;
  return readInstant(value, at);
}

/** Whole milliseconds, as the log and files keep them: a label names its prediction by exactly this time. */
export function readInstant(value: unknown, at: string): number {
  const instant = parseInstant(value);
  if (instant !== null) return Math.round(instant);
  throw refusedAt(at, `${at} must be a time (ISO 8601 text or epoch milliseconds), not ${describe(value)}`);
}

/** Postgres cannot hold U+0000 in text: found here, it is one clear refusal; found later, it would hold up the log. */
export function plainText(value: string, at: string): string {
  if (value.includes('\u0000')) throw refusedAt(at, `${at} contains the character U+0000`);
  if (value.length > charsMax.value) throw refusedAt(at, `${at} is longer than ${charsMax.value} characters`);
  return value;
}

function unknownField(edge: EdgeSignature, name: string, path: string): PerennialError {
  const computed = edge.derived.get(name);
  if (computed !== undefined)
    return refusedAt(
      `${path}.${name}`,
      `${path} has ${describe(name)}, which the model computes by itself as ${cut(computed, 200)}; leave it out`,
    );
  const known = fieldNames(edge);
  const near = nearestName(name.slice(0, 128), known);
  const fix =
    near === null
      ? `known fields: ${listNames(known)}`
      : `did you mean ${describe(near)}? Known fields: ${listNames(known)}`;
  return refusedAt(`${path}.${name.slice(0, 64)}`, `${path} has the unknown field ${describe(name)}; ${fix}`);
}

/** A value for a message: short, whatever was sent. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  return Array.isArray(value) ? 'a list' : 'an object';
}

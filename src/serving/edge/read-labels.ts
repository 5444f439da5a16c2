import { createHash } from 'node:crypto';
import { PerennialError } from '../../domain/words/errors.ts';
import { taskOf } from '../../domain/tasks/task-of.ts';
import type { LabelRecord } from '../../domain/record/records.ts';
import type { LabelItem } from './bodies.ts';
import type { EdgeSignature } from './edge-signature.ts';
import { entityHashOf } from './entity-hash.ts';
import { parseInstant } from './instant.ts';
import { describe, plainText } from './read-row.ts';

/** Labels of one request as records, late, repeated and corrected ones too. Throws for the first that is not valid. */
export function readLabels(
  edge: EdgeSignature,
  model: string,
  labels: readonly LabelItem[],
  receivedAtMs: number,
): readonly LabelRecord[] {
  return labels.map((item, index) => readLabel(edge, model, item, `labels[${index}]`, receivedAtMs));
}

function readLabel(
  edge: EdgeSignature,
  name: string,
  item: LabelItem,
  path: string,
  receivedAtMs: number,
): LabelRecord {
  const label = readValue(edge, item.label, `${path}.label`);
  const { predictionId, entity, time } = item;
  if (predictionId !== undefined) {
    if (entity !== undefined || time !== undefined) throw twoNames(path);
    return {
      labelId: item.labelId ?? derivedId(name, predictionId, label),
      model: name,
      predictionId,
      entityHash: null,
      eventTimeMs: null,
      label,
      receivedAtMs,
    };
  }
  if (entity === undefined || time === undefined) throw twoNames(path);
  const instant = parseInstant(time);
  if (instant === null)
    throw invalid(
      `${path}.time`,
      `${path}.time must be a time (ISO 8601 text or epoch milliseconds), not ${describe(time)}`,
    );
  const entityHash = entityHashOf(name, plainText(String(entity), `${path}.entity`));
  const eventTimeMs = Math.round(instant);
  const labelId = item.labelId ?? derivedId(name, `${entityHash}\u0000${eventTimeMs}`, label);
  return { labelId, model: name, predictionId: null, entityHash, eventTimeMs, label, receivedAtMs };
}

/** The same content is the same label, so a client may repeat a request whose answer it did not see. */
function derivedId(model: string, subject: string, label: string): string {
  return createHash('sha256').update(`${model}\u0000${subject}\u0000${label}`).digest('hex').slice(0, 32);
}

function readValue({ logged }: EdgeSignature, value: string | number | boolean, path: string): string {
  const { labels } = taskOf(logged.task);
  const text = labels.textOf(value, logged.classes);
  if (text !== null) return text;
  throw invalid(path, `${path} ${labels.refuse(describe(value), logged.classes)}`);
}

function twoNames(path: string): PerennialError {
  return invalid(path, `${path} must name its prediction either by predictionId or by entity and time`);
}

function invalid(path: string, message: string): PerennialError {
  return new PerennialError('invalid_request', message, { path });
}

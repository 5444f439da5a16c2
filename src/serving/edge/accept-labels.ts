import { createHash } from 'node:crypto';
import { PerennialError } from '../../domain/words/errors.ts';
import { taskOf } from '../../domain/tasks/task-of.ts';
import type { LabelRecord } from '../../domain/record/records.ts';
import type { LabelItem } from './bodies.ts';
import { entityHashOf } from './entity-hash.ts';
import { parseInstant } from './instant.ts';
import type { ServedModel } from '../versions/model-table.ts';
import { describe, plainText } from './read-row.ts';
import type { Serving } from '../serving.ts';

/**
 * Takes labels in: late, repeated and corrected ones too. Resolves when they are on disk; rejects (`unavailable`) when
 * they could not be made durable, and the client may send them again.
 */
export async function acceptLabels(
  serving: Pick<Serving, 'spool'>,
  model: ServedModel,
  labels: readonly LabelItem[],
): Promise<void> {
  serving.spool.assertRoom();
  const receivedAtMs = Date.now();
  const records = labels.map((item, index) => ({
    type: 'label' as const,
    record: readLabel(model, item, `labels[${index}]`, receivedAtMs),
  }));
  serving.spool.append(records);
  await serving.spool.flushNow();
}

function readLabel(model: ServedModel, item: LabelItem, path: string, receivedAtMs: number): LabelRecord {
  const name = model.entry.model;
  const label = readValue(model, item.label, `${path}.label`);
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

function readValue(model: ServedModel, value: string | number | boolean, path: string): string {
  const { task, classes } = model.edge.logged;
  const { labels } = taskOf(task);
  const text = labels.textOf(value, classes);
  if (text !== null) return text;
  throw invalid(path, `${path} ${labels.refuse(describe(value), classes)}`);
}

function twoNames(path: string): PerennialError {
  return invalid(path, `${path} must name its prediction either by predictionId or by entity and time`);
}

function invalid(path: string, message: string): PerennialError {
  return new PerennialError('invalid_request', message, { path });
}

import type { PerennialError } from '../../domain/words/errors.ts';
import { taskOf } from '../../domain/tasks/task-of.ts';
import type { EntityNames } from '../../domain/record/entity-names.ts';
import { arrivalMark, type LabelRecord } from '../../domain/record/records.ts';
import type { LabelItem } from './bodies.ts';
import type { EdgeSignature } from './edge-signature.ts';
import { describe, plainText, readInstant } from './read-row.ts';
import { timeOrderedId } from './time-ordered-id.ts';
import { refusedAt } from './refused-at.ts';

/** Labels of one request as records, late, repeated and corrected ones too. Throws for the first that is not valid. */
export function readLabels(
  to: LabelledModel,
  labels: readonly LabelItem[],
  receivedAtMs: number,
): readonly LabelRecord[] {
  return labels.map((item, index) => readLabel(to, item, `labels[${index}]`, receivedAtMs));
}

export interface LabelledModel {
  readonly edge: EdgeSignature;
  readonly name: string;
  readonly entities: Pick<EntityNames, 'hashOf'>;
}

function readLabel(to: LabelledModel, item: LabelItem, path: string, receivedAtMs: number): LabelRecord {
  const { edge, name, entities } = to;
  const label = readValue(edge, item.label, `${path}.label`);
  // Not made from the content: yes, no and yes again are three labels. What only repeats is found where it is stored.
  const labelId = item.labelId ?? `${arrivalMark}${timeOrderedId(receivedAtMs)}`;
  const { predictionId, entity, time } = item;
  if (predictionId !== undefined) {
    if (entity !== undefined || time !== undefined) throw twoNames(path);
    const noEntity = { entityHash: null, isEntityKeyed: true, eventTimeMs: null };
    return { labelId, model: name, predictionId, ...noEntity, label, receivedAtMs };
  }
  if (entity === undefined || time === undefined) throw twoNames(path);
  const eventTimeMs = readInstant(time, `${path}.time`);
  const entityHash = entities.hashOf(name, plainText(String(entity), `${path}.entity`));
  const named = { predictionId: null, entityHash, isEntityKeyed: true, eventTimeMs };
  return { labelId, model: name, ...named, label, receivedAtMs };
}

function readValue({ logged }: EdgeSignature, value: string | number | boolean, path: string): string {
  const { labels } = taskOf(logged.task);
  const text = labels.textOf(value, logged.classes);
  if (text !== null) return text;
  throw refusedAt(path, `${path} ${labels.refuse(describe(value), logged.classes)}`);
}

function twoNames(path: string): PerennialError {
  return refusedAt(path, `${path} must name its prediction either by predictionId or by entity and time`);
}

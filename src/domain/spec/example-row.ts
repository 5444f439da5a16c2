import { kindOf } from '../features/kind-of.ts';
import { exampleInstant } from '../features/time.ts';
import { taskOf } from '../tasks/task-of.ts';
import type { ModelSpec } from './spec.ts';

/**
 * A row that this model answers: each feature inside its declared range or set, entity and event time where declared.
 */
export function exampleRow(
  spec: Pick<ModelSpec, 'features' | 'entity' | 'eventTime'>,
): Record<string, number | string | boolean> {
  const row: Record<string, number | string | boolean> = Object.create(null);
  if (spec.entity !== null) row[spec.entity.column] = 'entity-1';
  if (spec.eventTime !== null) row[spec.eventTime.column] = exampleInstant;
  for (const feature of spec.features) row[feature.name] = kindOf(feature.kind).exampleOf(feature);
  return row;
}

/** A label in the words of the model. */
export function exampleLabel(target: ModelSpec['target']): string | number {
  return taskOf(target.task).exampleLabel(target);
}

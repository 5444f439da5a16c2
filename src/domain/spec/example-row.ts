import { taskOf } from '../tasks/task-of.ts';
import type { FeatureSpec, ModelSpec } from './spec.ts';

/** A Monday at noon: an instant that is valid everywhere and looks like one. */
const exampleInstant = '2026-01-05T12:00:00Z';

/**
 * A row that this model answers: each feature inside its declared range or set, entity and event time where declared.
 */
export function exampleRow(
  spec: Pick<ModelSpec, 'features' | 'entity' | 'eventTime'>,
): Record<string, number | string | boolean> {
  const row: Record<string, number | string | boolean> = {};
  if (spec.entity !== null) row[spec.entity.column] = 'entity-1';
  if (spec.eventTime !== null) row[spec.eventTime.column] = exampleInstant;
  for (const feature of spec.features) row[feature.name] = exampleValue(feature);
  return row;
}

function exampleValue(feature: FeatureSpec): number | string | boolean {
  if (feature.kind === 'boolean') return true;
  if (feature.kind === 'time') return exampleInstant;
  if (feature.kind === 'category') return feature.values?.[0] ?? 'a';
  return exampleNumber(feature.min, feature.max, feature.integer === true);
}

/** The middle of the range, or the whole number that is nearest to it and still inside. */
function exampleNumber(min: number | undefined, max: number | undefined, isInteger: boolean): number {
  const middle =
    min !== undefined && max !== undefined
      ? min + (max - min) / 2
      : min !== undefined
        ? Math.max(min, 1)
        : Math.min(max ?? 1, 1);
  if (!isInteger) return middle;
  const rounded = Math.round(middle);
  if (max !== undefined && rounded > max) return Math.floor(max);
  return min !== undefined && rounded < min ? Math.ceil(min) : rounded;
}

/** A label in the words of the model. */
export function exampleLabel(target: ModelSpec['target']): string | number {
  return taskOf(target.task).exampleLabel(target);
}

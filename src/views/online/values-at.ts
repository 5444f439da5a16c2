import { isText } from '../../domain/features/kind-of.ts';
import type { ValueStatus } from '../../domain/view/closed-sets.ts';
import type { ServedValue } from '../../domain/view/look-sample.ts';
import { statusOf } from '../../domain/view/value-status.ts';
import type { ViewFeatureSpec } from '../../domain/view/view-spec.ts';
import { noTiles, valuesAt as windowValuesAt } from '../windows/tiles.ts';
import { noState, stateAt, numberOf, type EntityState } from './entity-state.ts';
import type { OnlinePlan } from './plan-view.ts';

/** What a view says of an entity at a moment. */
export interface ViewValues {
  readonly status: ValueStatus;
  /** Moment less event time of the effective row; null without one. */
  readonly ageMs: number | null;
  /** The moment that was looked at. */
  readonly atMs: number;
  /** By feature, as they travel. */
  readonly values: ReadonlyMap<string, ServedValue>;
}

/**
 * The values of an entity at a moment, as the point-in-time join would give them; `state` null is an entity that no row
 * is about. A store goes forward only: a moment before the newest row that it knows is looked at as that row's, and
 * `atMs` says so.
 */
export function viewValuesAt(plan: OnlinePlan, state: EntityState | null, askedMs: number): ViewValues {
  const atMs = Math.max(askedMs, state?.knownMs ?? askedMs);
  const now = stateAt(plan, state ?? noState(plan), atMs);
  const { ttlMs } = plan.view;
  const status = statusOf(now.row, { atMs, ttlMs: plan.latest.length === 0 ? null : ttlMs });
  const values = new Map<string, ServedValue>();
  for (const { feature, isText: isTextual, place } of plan.latest) {
    const held = status === 'fresh' ? ((isTextual ? now.texts[place] : now.numbers[place]) ?? null) : null;
    values.set(feature.name, held ?? defaultOf(feature));
  }
  if (plan.windows !== null) {
    const found = windowValuesAt(plan.windows, now.tiles ?? noTiles(plan.windows), atMs);
    plan.windows.features.forEach((feature, index) => {
      const value = found[index] ?? null;
      const travels = isText(feature) ? (value === null ? null : String(value)) : numberOf(value);
      values.set(feature.name, travels);
    });
  }
  return { status, ageMs: now.row === null ? null : atMs - now.row.eventMs, atMs, values };
}

/** What stands where there is no value. Offline the engine says the same of the same declaration. */
function defaultOf(feature: ViewFeatureSpec): ServedValue {
  const { onMissing = null } = feature;
  if (onMissing === null) return null;
  return isText(feature) ? String(onMissing) : numberOf(onMissing);
}

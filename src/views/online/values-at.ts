import { isText } from '../../domain/features/kind-of.ts';
import type { ValueStatus } from '../../domain/view/closed-sets.ts';
import type { ServedValue } from '../../domain/view/look-sample.ts';
import { statusOf } from '../../domain/view/value-status.ts';
import type { ViewFeatureSpec } from '../../domain/view/view-spec.ts';
import { noTiles, steadyMoments, valuesAt as windowValuesAt } from '../windows/tiles.ts';
import { knownMsOf } from '../windows/window-row.ts';
import { noState, stateAt, numberOf, type EntityState } from './entity-state.ts';
import type { OnlinePlan } from './plan-view.ts';

/** What a view says of an entity at a moment. */
export interface ViewValues {
  readonly status: ValueStatus;
  /** Moment less event time of the effective row; null without one. */
  readonly ageMs: number | null;
  /** The moment that was looked at. */
  readonly atMs: number;
  /** As they travel, in the order of the features of the view. */
  readonly values: readonly ServedValue[];
}

/** The last values of one state, and for which moments they hold. One per state: it is changed by looking. */
export interface ValuesMemo {
  last: {
    readonly values: readonly ServedValue[];
    readonly row: EntityState['row'];
    readonly status: ValueStatus;
    readonly fromMs: number;
    readonly untilMs: number;
  } | null;
}

/**
 * The values of an entity at a moment, as the point-in-time join would give them; `state` null is an entity that no row
 * is about. A store goes forward only: a moment before the newest row that it knows is looked at as that row's, and
 * `atMs` says so. With the memo of a state, values are made anew only when some of them may have changed.
 */
export function viewValuesAt(
  plan: OnlinePlan,
  state: EntityState | null,
  askedMs: number,
  memo: ValuesMemo | null = null,
): ViewValues {
  const atMs = Math.max(askedMs, state?.knownMs ?? askedMs);
  const ttlMs = plan.latest.length === 0 ? null : plan.view.ttlMs;
  const last = memo?.last ?? null;
  if (
    last !== null &&
    atMs >= last.fromMs &&
    atMs < last.untilMs &&
    statusOf(last.row, { atMs, ttlMs }) === last.status
  )
    return { status: last.status, ageMs: ageOf(last.row, atMs), atMs, values: last.values };
  const now = stateAt(plan, state ?? noState(plan), atMs);
  const status = statusOf(now.row, { atMs, ttlMs });
  const values = valuesOf(plan, now, status, atMs);
  if (memo !== null) memo.last = { values, row: now.row, status, ...steady(plan, now, atMs) };
  return { status, ageMs: ageOf(now.row, atMs), atMs, values };
}

function ageOf(row: EntityState['row'], atMs: number): number | null {
  return row === null ? null : atMs - row.eventMs;
}

function valuesOf(plan: OnlinePlan, now: EntityState, status: ValueStatus, atMs: number): readonly ServedValue[] {
  const values: ServedValue[] = plan.view.features.map(() => null);
  for (const { feature, isText: isTextual, place, at } of plan.latest) {
    const held = status === 'fresh' ? ((isTextual ? now.texts[place] : now.numbers[place]) ?? null) : null;
    values[at] = held ?? defaultOf(feature);
  }
  if (plan.windows === null) return values;
  const found = windowValuesAt(plan.windows, now.tiles ?? noTiles(plan.windows), atMs);
  plan.windows.features.forEach((feature, index) => {
    const value = found[index] ?? null;
    const travels = isText(feature) ? (value === null ? null : String(value)) : numberOf(value);
    values[plan.windowPlaces[index] ?? 0] = travels;
  });
  return values;
}

/** Until a row that waits becomes known, and until a tile leaves a window. */
function steady(
  plan: OnlinePlan,
  now: EntityState,
  atMs: number,
): { readonly fromMs: number; readonly untilMs: number } {
  const [next] = now.waiting;
  const knownNextMs = next === undefined ? Number.POSITIVE_INFINITY : knownMsOf(next);
  const windows = plan.windows === null ? null : steadyMoments(plan.windows, now.tiles ?? noTiles(plan.windows), atMs);
  return {
    fromMs: Math.max(now.knownMs ?? Number.NEGATIVE_INFINITY, windows?.fromMs ?? Number.NEGATIVE_INFINITY),
    untilMs: Math.min(knownNextMs, windows?.untilMs ?? Number.POSITIVE_INFINITY),
  };
}

/** What stands where there is no value. Offline the engine says the same of the same declaration. */
function defaultOf(feature: ViewFeatureSpec): ServedValue {
  const { onMissing = null } = feature;
  if (onMissing === null) return null;
  return isText(feature) ? String(onMissing) : numberOf(onMissing);
}

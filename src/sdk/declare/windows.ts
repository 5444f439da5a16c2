import type { FeatureKind } from '../../domain/spec/spec.ts';
import type { Aggregate } from '../../domain/view/closed-sets.ts';
import type { WindowFeature } from '../../domain/view/view-spec.ts';
import { milliseconds, type DurationText } from './extent-text.ts';

/** A feature of a view that is made of the rows of a window, from an hour to 90 days. */
export type WindowDeclaration<Kind extends FeatureKind = FeatureKind> = Omit<
  WindowFeature,
  'name' | 'kind' | 'onMissing'
> & {
  readonly kind: Kind;
};

interface WindowOptions<Default> {
  readonly about?: string;
  /** What stands where the window holds no value. */
  readonly onMissing?: Default;
}

type Declared<Kind extends FeatureKind, Default> = WindowDeclaration<Kind> & { readonly onMissing?: Default };

/** How many rows; with a column, how many that have a value there. */
export function count(
  window: DurationText,
  options: WindowOptions<number> & { readonly column?: string } = {},
): Declared<'number', number> {
  const { column, ...said } = options;
  return declaredOf('count', column ?? null, window, said);
}

/** The sum of the values that the window holds. */
export function sum(column: string, window: DurationText, options: WindowOptions<number> = {}) {
  return declaredOf('sum', column, window, options);
}

/** Their mean. */
export function mean(column: string, window: DurationText, options: WindowOptions<number> = {}) {
  return declaredOf('mean', column, window, options);
}

/** The least of them. */
export function min(column: string, window: DurationText, options: WindowOptions<number> = {}) {
  return declaredOf('min', column, window, options);
}

/** The largest of them. */
export function max(column: string, window: DurationText, options: WindowOptions<number> = {}) {
  return declaredOf('max', column, window, options);
}

/** About how many different values: within a few per cent, see docs/feature-views.md. */
export function distinct(column: string, window: DurationText, options: WindowOptions<number> = {}) {
  return declaredOf('distinct', column, window, options);
}

/** The sum of one column over the sum of another; nothing where the latter is 0. */
export function ratio(
  column: string,
  over: string,
  window: DurationText,
  options: WindowOptions<number> = {},
): Declared<'number', number> {
  return { ...declaredOf('ratio', column, window, options), over };
}

/** The value of the latest row that has one. A number, unless a kind is named. */
export function last<Kind extends FeatureKind = 'number'>(
  column: string,
  window: DurationText,
  options: WindowOptions<number | string | boolean> & { readonly kind?: Kind } = {},
): Declared<Kind, number | string | boolean> {
  // The default of the type parameter and this default are the same word; the compiler cannot see that.
  const { kind = 'number' as Kind, ...said } = options;
  return { ...declaredOf('last', column, window, said), kind };
}

function declaredOf<Default>(
  aggregate: Aggregate,
  column: string | null,
  window: DurationText,
  options: WindowOptions<Default>,
): Declared<'number', Default> {
  return { aggregate, kind: 'number', column, over: null, windowMs: milliseconds(window, 'window'), ...options };
}

import { featuresOf, type Signature } from '../../domain/spec/signature.ts';
import type { FeatureKind, OutlierLimits } from '../../domain/spec/spec.ts';
import type { FeatureColumns } from '../run/columns.ts';

/**
 * What the models see: float32 columns, encoded from inputs and derived features. The same list is executed here for
 * training and written into the graph for serving (preprocessing-graph.ts); the golden rows of each version prove that
 * they agree.
 */
export type Encoding =
  | {
      readonly form: 'value';
      readonly source: string;
      /** Beyond which a value becomes the limit, or missing; absent, values are taken as they are. */
      readonly limits?: OutlierLimits;
    }
  /** Hour of day in UTC, 0 <= hour < 24, fractional. */
  | { readonly form: 'hour'; readonly source: string }
  /** Day of week in UTC, 0 = Sunday .. 6. */
  | { readonly form: 'weekday'; readonly source: string }
  /** Code 1.. of each known text; 0 for missing and unseen. */
  | {
      readonly form: 'code';
      readonly source: string;
      readonly codes: ReadonlyMap<string, number>;
      readonly codeCount: number;
    };

export interface Preprocessing {
  readonly signature: Signature;
  readonly encodings: readonly Encoding[];
}

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/**
 * Codes by falling frequency (ties by code unit order) over rows [from, to). The `codesMax - 1` most frequent texts get
 * a code of their own; all rarer ones share the last code, so that "rare" stays distinct from "missing or never seen".
 * A feature that is withheld has no encoding, and stays an input of the graph.
 */
export function preprocessingFrom(
  signature: Signature,
  columns: FeatureColumns,
  range: { readonly from: number; readonly to: number },
  codesMax: number,
  limits: readonly OutlierLimits[] = [],
  withheld: readonly string[] = [],
): Preprocessing {
  return preprocessingWith(signature, (name) => codesOf(columns, name, range, codesMax), limits, withheld);
}

/** The same, by codes of words that are known already. */
export function preprocessingWith(
  signature: Signature,
  codesIn: (feature: string) => Codes,
  limits: readonly OutlierLimits[] = [],
  withheld: readonly string[] = [],
): Preprocessing {
  const read = featuresOf(signature).filter(({ name }) => !withheld.includes(name));
  const encodings = read.flatMap(({ name, kind }) =>
    encodersByKind[kind](name, () => codesIn(name)).map((encoding) => within(encoding, limits)),
  );
  return { signature, encodings };
}

/** What is dropped from training is taken as it is when it is asked for. */
function within(encoding: Encoding, limits: readonly OutlierLimits[]): Encoding {
  const own = limits.find(({ feature, action }) => feature === encoding.source && action !== 'drop');
  return encoding.form === 'value' && own !== undefined ? { ...encoding, limits: own } : encoding;
}

/** What of a raw input the models see. */
const encodersByKind: Record<FeatureKind, (source: string, codes: () => Codes) => readonly Encoding[]> = {
  number: asItIs,
  category: (source, codes) => [{ form: 'code', source, ...codes() }],
  boolean: asItIs,
  time: (source) => [
    { form: 'hour', source },
    { form: 'weekday', source },
  ],
};

function asItIs(source: string): readonly Encoding[] {
  return [{ form: 'value', source }];
}

export type Codes = Pick<Extract<Encoding, { form: 'code' }>, 'codes' | 'codeCount'>;

function codesOf(
  columns: FeatureColumns,
  name: string,
  range: { readonly from: number; readonly to: number },
  codesMax: number,
): Codes {
  const counts = new Map<string, number>();
  const column = columns.byName.get(name);
  if (column !== undefined && 'texts' in column) {
    for (let row = range.from; row < range.to; row++) {
      const value = column.texts[row] ?? '';
      if (value !== '') counts.set(value, (counts.get(value) ?? 0) + 1);
    }
  }
  const ordered = [...counts].toSorted(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1));
  const own = ordered.length <= codesMax ? ordered.length : codesMax - 1;
  const codes = new Map(ordered.map(([value], index) => [value, Math.min(index, own) + 1]));
  return { codes, codeCount: Math.min(ordered.length, codesMax) };
}

/** One encoded column of rows [from, to) as float32; NaN is missing, for categories 0 is. */
export function encodeColumn(feature: Encoding, columns: FeatureColumns, from: number, to: number): Float32Array {
  const out = new Float32Array(to - from);
  const column = columns.byName.get(feature.source);
  if (feature.form === 'code') {
    if (column === undefined || !('texts' in column)) return out;
    for (let i = 0; i < out.length; i++) out[i] = feature.codes.get(column.texts[from + i] ?? '') ?? 0;
    return out;
  }
  if (column === undefined || !('numbers' in column)) return out.fill(NaN);
  const derive = numberFunctions[feature.form];
  for (let i = 0; i < out.length; i++) out[i] = derive(column.numbers[from + i] ?? NaN);
  if (feature.form === 'value' && feature.limits !== undefined) limit(out, feature.limits);
  return out;
}

/** After rounding to float32, as the graph has it. */
function limit(values: Float32Array, { action, low, high }: OutlierLimits): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? NaN;
    if (value < low) values[i] = action === 'missing' ? NaN : low;
    else if (value > high) values[i] = action === 'missing' ? NaN : high;
  }
}

/** Spelled exactly as the graph does it (float64 division, floor, multiplication), so that rounding agrees. */
const numberFunctions = {
  value: (value: number) => value,
  hour: (timeMs: number) => (timeMs - Math.floor(timeMs / dayMs) * dayMs) / hourMs,
  weekday: (timeMs: number) => {
    // 1 January 1970 was a Thursday, day 4.
    const day = Math.floor(timeMs / dayMs) + 4;
    return day - Math.floor(day / 7) * 7;
  },
} as const;

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

/** How many words of a category get a code. */
export interface CodeRules {
  /** Codes of an encoding at most. */
  readonly codesMax: number;
  /** Encodings of a category at most; absent: 1. */
  readonly blocksMax?: number;
  /** Rows with a word before it is worth a code beyond those of the first encoding. */
  readonly rowsMin?: number;
}

/**
 * Codes by falling frequency (ties by code unit order) over rows [from, to). Where there are more texts than codes, all
 * but the most frequent ones share the last code, so that "rare" stays distinct from "missing or never seen". With
 * `blocksMax` further texts that are frequent enough get codes in further encodings of the same feature, in each of
 * which the texts of all others are 0. A feature that is withheld has no encoding, and stays an input of the graph.
 */
export function preprocessingFrom(
  signature: Signature,
  columns: FeatureColumns,
  range: { readonly from: number; readonly to: number },
  rules: CodeRules,
  limits: readonly OutlierLimits[] = [],
  withheld: readonly string[] = [],
): Preprocessing {
  return preprocessingWith(signature, (name) => codesOf(columns, name, range, rules), limits, withheld);
}

/** The same, by codes of words that are known already: those of each encoding. */
export function preprocessingWith(
  signature: Signature,
  codesIn: (feature: string) => readonly Codes[],
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
const encodersByKind: Record<FeatureKind, (source: string, codes: () => readonly Codes[]) => readonly Encoding[]> = {
  number: asItIs,
  category: (source, codes) => codes().map((known): Encoding => ({ form: 'code', source, ...known })),
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

/** Of a category without a known word. */
export const noCodes: Codes = { codes: new Map(), codeCount: 0 };

function codesOf(
  columns: FeatureColumns,
  name: string,
  range: { readonly from: number; readonly to: number },
  rules: CodeRules,
): readonly Codes[] {
  const counts = new Map<string, number>();
  const column = columns.byName.get(name);
  if (column !== undefined && 'texts' in column) {
    for (let row = range.from; row < range.to; row++) {
      const value = column.texts[row] ?? '';
      if (value !== '') counts.set(value, (counts.get(value) ?? 0) + 1);
    }
  }
  const ordered = [...counts].toSorted(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1));
  return inBlocks(ordered, rules);
}

/** Words by falling frequency; those without a code of their own share the last one of all. */
function inBlocks(
  ordered: readonly (readonly [word: string, rows: number])[],
  { codesMax, blocksMax = 1, rowsMin = 1 }: CodeRules,
): readonly Codes[] {
  const worth = ordered.findIndex(([, rows], at) => at >= codesMax - 1 && rows < rowsMin);
  const frequent = worth < 0 ? ordered.length : worth;
  const isFew = ordered.length <= codesMax || (frequent === ordered.length && frequent <= codesMax * blocksMax);
  const own = isFew ? ordered.length : Math.min(frequent, codesMax * blocksMax - 1);
  const last = isFew ? own - 1 : own;
  const blocks = Array.from({ length: Math.max(1, Math.ceil((last + 1) / codesMax)) }, () => new Map<string, number>());
  for (const [index, [word]] of ordered.entries()) {
    const at = Math.min(index, own);
    blocks[Math.floor(at / codesMax)]?.set(word, (at % codesMax) + 1);
  }
  return blocks.map((codes, block) => ({ codes, codeCount: Math.min(codesMax, last + 1 - block * codesMax) }));
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

import type { Expression, Operation } from '../../../domain/features/expressions/expression.ts';
import { sayExpression } from '../../../domain/features/expressions/say-expression.ts';
import type { Signature } from '../../../domain/spec/signature.ts';
import type { DerivedSpec } from '../../../domain/spec/spec.ts';
import type { FeatureKind } from '../../../domain/spec/parts/feature-spec.ts';
import type { FeatureColumns } from '../../../onnx/run/columns.ts';
import { misnomerOf } from '../../../domain/spec/columns/column-name.ts';
import type { RowRange } from '../../interface.ts';

/** The most important ones of a kind: they give 60 of numbers, 6 crosses, 4 frequencies, 4 parts of dates. */
const numbersMax = 6;
const categoriesMax = 4;
const timesMax = 2;
/** Words of a category that have a frequency; rarer ones have 0. An expression has at most 64 parts. */
const wordsMax = 12;

const column = (name: string): Expression => ({ op: 'column', name });

/**
 * What may be computed from the inputs that a fit leans on, without looking at a target: differences, ratios both ways
 * and products of two numbers, crosses and frequencies of categories, days of the month and months of times. At most
 * 74.
 * `ranked`: names that the fit reads, the most important first.
 */
export function proposeFeatures(
  { columns: inputs, derived = [] }: Signature,
  columns: FeatureColumns,
  training: RowRange,
  ranked: readonly string[],
): readonly DerivedSpec[] {
  const ofKind = (kind: FeatureKind, max: number): readonly string[] =>
    ranked.filter((name) => inputs.some((one) => one.name === name && one.kind === kind)).slice(0, max);
  const categories = ofKind('category', categoriesMax);
  const all = [
    ...pairsOf(ofKind('number', numbersMax)).flatMap(ofNumbers),
    ...pairsOf(categories).map(([a, b]): Operation => ({ op: 'cross', of: [column(a), column(b)] })),
    ...categories.flatMap((name) => frequencyOf(name, columns, training)),
    ...ofKind('time', timesMax).flatMap((name) =>
      (['dayOfMonth', 'month'] as const).map((op): Operation => ({ op, of: [column(name)], timeZone: 'UTC' })),
    ),
  ];
  const taken = [...inputs, ...derived].map(({ name }) => name.toLowerCase());
  const known = new Set(derived.map(({ expression }) => JSON.stringify(expression)));
  return all
    .filter((expression) => !known.has(JSON.stringify(expression)))
    .map((expression) => ({ name: nameOf(expression), expression }))
    .filter(({ name }) => misnomerOf(name) === null && !taken.includes(name.toLowerCase()));
}

function ofNumbers([a, b]: readonly [string, string]): readonly Operation[] {
  const [left, right] = [column(a), column(b)];
  return [
    { op: 'difference', of: [left, right] },
    { op: 'ratio', of: [left, right] },
    { op: 'ratio', of: [right, left] },
    { op: 'product', of: [left, right] },
  ];
}

/** How often the word of a row was seen among the training rows, as a share; 0 for all but the twelve commonest. */
function frequencyOf(name: string, { byName }: FeatureColumns, { from, to }: RowRange): readonly Operation[] {
  const found = byName.get(name);
  if (found === undefined || !('texts' in found)) return [];
  const counts = new Map<string, number>();
  for (const text of found.texts.slice(from, to))
    if (text !== null && text !== '') counts.set(text, (counts.get(text) ?? 0) + 1);
  const common = [...counts].toSorted(([a, many], [b, few]) => few - many || (a < b ? -1 : 1)).slice(0, wordsMax);
  if (common.length < 2) return [];
  const terms = common.map(([word, count]): Expression => ({
    op: 'product',
    of: [
      { op: 'isWord', of: [column(name)], word },
      { op: 'value', value: count / (to - from) },
    ],
  }));
  return [{ op: 'sum', of: terms }];
}

/** As a person writes it; a frequency would be a page long. */
function nameOf(expression: Operation): string {
  const [first] = expression.of;
  const isFrequency = expression.op === 'sum' && first !== undefined && 'of' in first;
  const read = isFrequency ? first.of[0] : undefined;
  const word = read !== undefined && 'of' in read ? read.of[0] : undefined;
  return word === undefined ? sayExpression(expression) : `frequency(${sayExpression(word)})`;
}

function pairsOf(names: readonly string[]): readonly (readonly [string, string])[] {
  return names.flatMap((left, at) => names.slice(at + 1).map((right): readonly [string, string] => [left, right]));
}

import type { Expression, Operation } from '../../src/domain/features/expressions/expression.ts';
import type { FeatureKind, FeatureSpec } from '../../src/domain/spec/spec.ts';
import { columnsOf, type FeatureColumns } from '../../src/onnx/run/columns.ts';

/** Two inputs of each kind that has an arithmetic, and names that a graph could stumble over. */
export const awkwardFeatures: readonly FeatureSpec[] = [
  { name: 'amount', kind: 'number', missing: 'allow', use: 'derived' },
  { name: 'n1', kind: 'number', missing: 'allow' },
  { name: 'flag', kind: 'boolean', missing: 'allow' },
  { name: 'Händler id', kind: 'category', missing: 'allow' },
  { name: 'd0_', kind: 'category', missing: 'allow' },
  { name: 'at', kind: 'time', missing: 'allow' },
  { name: 'since', kind: 'time', missing: 'allow' },
];

const day = 86_400_000;
const numbers = [
  NaN,
  0,
  -0,
  1,
  -1,
  0.1,
  3,
  1e-320,
  1e-9,
  2 ** 53,
  3.4028235e38,
  1e39,
  -1e39,
  1e308,
  Infinity,
  -Infinity,
];
const instants = [
  NaN,
  0,
  -1,
  1,
  day - 1,
  day,
  -day,
  Date.UTC(2024, 1, 29, 23, 59, 59, 999),
  Date.UTC(2000, 1, 29),
  Date.UTC(1900, 1, 28, 23, 30),
  Date.UTC(2026, 11, 31, 23, 59),
  Date.UTC(2026, 2, 1),
  Date.UTC(-400, 5, 6),
  8.64e15,
  -8.64e15,
  8.65e15,
  Infinity,
];
const texts = [
  null,
  '',
  'a',
  'A',
  'é',
  'e\u0301',
  '👩‍👩‍👧',
  '中文字',
  'a\nb',
  'x'.repeat(1_022),
  'ü'.repeat(1_023),
  '𝒳'.repeat(1_024),
  'z'.repeat(4_096),
  ' × ',
  '\\d.*',
  'NaN',
];

/** Every value beside every other, in steps that share no factor with the lists. */
export function awkwardColumns(rows = 311): FeatureColumns {
  const pick = <Value>(list: readonly Value[], row: number, step: number): Value => {
    const value = list[(row * step + Math.floor(row / list.length)) % list.length];
    if (value === undefined) throw new Error('a list without values');
    return value;
  };
  const made = <Value>(list: readonly Value[], step: number) =>
    Array.from({ length: rows }, (_, i) => pick(list, i, step));
  return columnsOf(rows, [
    { name: 'amount', kind: 'number', numbers: Float64Array.from(made(numbers, 1)) },
    { name: 'n1', kind: 'number', numbers: Float64Array.from(made(numbers, 7)) },
    { name: 'flag', kind: 'boolean', numbers: Float64Array.from(made([0, 1, NaN], 2)) },
    { name: 'Händler id', kind: 'category', texts: made(texts, 1) },
    { name: 'd0_', kind: 'category', texts: made(texts, 5) },
    { name: 'at', kind: 'time', numbers: Float64Array.from(made(instants, 1)) },
    { name: 'since', kind: 'time', numbers: Float64Array.from(made(instants, 3)) },
  ]);
}

/** Well-typed expressions over the awkward features, the same for the same seed. */
export function randomExpressions(seed: number, count: number): readonly Expression[] {
  let state = seed;
  const below = (bound: number): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state % bound;
  };
  const one = <Value>(list: readonly Value[]): Value => {
    const value = list[below(list.length)];
    if (value === undefined) throw new Error('a list without values');
    return value;
  };
  const column = (kind: FeatureKind): Expression => ({
    op: 'column',
    name: one(awkwardFeatures.filter((feature) => feature.kind === kind)).name,
  });
  const text = (depth: number): Expression =>
    depth > 0 && below(3) === 0
      ? { op: one(['cross', 'coalesce'] as const), of: [text(depth - 1), column('category')] }
      : column('category');
  const time = (depth: number): Expression =>
    depth > 0 && below(3) === 0 ? { op: 'coalesce', of: [time(depth - 1), column('time')] } : column('time');
  const leaf = (): Expression => {
    const kind = below(4);
    return kind === 0 ? { op: 'value', value: one([0, 2.5, -1, 1e300]) } : column(kind === 1 ? 'boolean' : 'number');
  };
  const zone = () => one(['UTC', '+05:30', '-11:00']);
  const makers: readonly ((depth: number) => Operation)[] = [
    (depth) => ({
      op: one(['sum', 'product', 'coalesce'] as const),
      of: [number(depth), number(depth), number(depth)],
    }),
    (depth) => ({ op: one(['difference', 'ratio'] as const), of: [number(depth), number(depth)] }),
    (depth) => ({
      op: 'holds',
      sign: one(['<', '<=', '>', '>=', '=', '!='] as const),
      of: [number(depth), number(depth)],
    }),
    (depth) => ({ op: 'holds', sign: '<', of: [time(depth), time(depth)] }),
    (depth) => ({ op: 'log1p', of: [number(depth)] }),
    (depth) => ({ op: 'bucket', edges: [-1, 0, 2.5, 1e30], of: [number(depth)] }),
    (depth) => ({ op: 'clip', min: -2, max: 1e6, of: [number(depth)] }),
    (depth) => ({ op: one(['hour', 'weekday'] as const), timeZone: zone(), of: [time(depth)] }),
    (depth) => ({ op: one(['dayOfMonth', 'month'] as const), timeZone: zone(), of: [time(depth)] }),
    (depth) => ({ op: 'age', unit: one(['seconds', 'days'] as const), of: [time(depth), time(depth)] }),
    (depth) => ({ op: 'textLength', of: [text(depth)] }),
    (depth) => ({ op: 'isWord', word: one(['a', 'é', '中文字', ' × ']), of: [text(depth)] }),
    (depth) => ({ op: 'isMissing', of: [one([number, text, time])(depth)] }),
  ];
  const number = (depth: number): Expression => (depth === 0 || below(4) === 0 ? leaf() : one(makers)(depth - 1));
  return Array.from({ length: count }, (): Expression => {
    if (below(8) === 0) return { op: 'cross', of: [text(2), column('category')] };
    // Beside a column, so that not everything is made of values alone.
    return below(3) === 0 ? { op: 'sum', of: [column('number'), number(3)] } : one(makers)(2);
  }).filter(readsAColumn);
}

function readsAColumn(expression: Expression): boolean {
  return expression.op === 'column' || ('of' in expression && expression.of.some(readsAColumn));
}

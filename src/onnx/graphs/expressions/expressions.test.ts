import { describe, expect, test } from 'vitest';
import { derive } from '../../../domain/features/expressions/evaluate.ts';
import type { Expression } from '../../../domain/features/expressions/expression.ts';
import { kindOfExpression } from '../../../domain/features/expressions/kind-of-expression.ts';
import { operators } from '../../../domain/features/expressions/operators.ts';
import { isText } from '../../../domain/features/kind-of.ts';
import { signatureOf } from '../../../domain/spec/signature.ts';
import type { FeatureSpec } from '../../../domain/spec/spec.ts';
import { columnsOf, deriveColumn, sliceColumns, type FeatureColumns } from '../../run/columns.ts';
import { withDerived } from '../../run/derive-columns.ts';
import { awkwardColumns, awkwardFeatures, randomExpressions } from '../../../../tests/worlds/expression-world.ts';

const signatureFor = (expressions: readonly Expression[], features: readonly FeatureSpec[] = awkwardFeatures) =>
  signatureOf({
    features,
    derived: expressions.map((expression, index) => ({ name: `d${index}`, expression })),
    target: { task: 'regression', column: 'y', labelDelay: { rows: 1 } },
  });

/** The value of one feature in one row. */
function cellOf(columns: FeatureColumns, name: string, row: number): string | number | null {
  const column = columns.byName.get(name);
  if (column === undefined) throw new Error(`no column ${name}`);
  return 'texts' in column ? (column.texts[row] ?? null) : (column.numbers[row] ?? NaN);
}

/** How many float32 values lie between; 0 for two missing ones, and for 0 and -0, which no operator tells apart. */
function unitsBetween(left: number, right: number): number {
  if (Number.isNaN(left) || Number.isNaN(right)) return Number.isNaN(left) && Number.isNaN(right) ? 0 : Infinity;
  if (left === right) return 0;
  const [a = 0, b = 0] = new Int32Array(Float32Array.of(left, right).buffer);
  return Math.abs(a - b);
}

/** Cells in which the graph and the evaluator differ by more than `unitsMax`. */
async function mismatches(expressions: readonly Expression[], columns: FeatureColumns, unitsMax: number) {
  const signature = signatureFor(expressions);
  const computed = await withDerived(signature, columns);
  const found: string[] = [];
  for (const column of signature.derived ?? []) {
    const { name, expression, kind } = column;
    const evaluated = columnsOf(columns.rows, [deriveColumn(column, columns)]);
    for (let row = 0; row < columns.rows; row++) {
      const graph = cellOf(computed, name, row);
      const own = cellOf(evaluated, name, row);
      const same = isText({ kind }) ? graph === own : unitsBetween(Number(graph), Number(own)) <= unitsMax;
      if (!same) found.push(`${JSON.stringify(expression)} in row ${row}: ${String(graph)}, not ${String(own)}`);
    }
  }
  return found;
}

const hasLog = (expression: Expression): boolean =>
  'of' in expression && (expression.op === 'log1p' || expression.of.some(hasLog));

describe('the graph and the evaluator', () => {
  test('say the same of random expressions over awkward values, bit for bit', async () => {
    const all = randomExpressions(11, 250);
    expect(new Set(all.flatMap(operatorsIn))).toEqual(new Set(Object.keys(operators)));
    expect(
      await mismatches(
        all.filter((expression) => !hasLog(expression)),
        awkwardColumns(),
        0,
      ),
    ).toEqual([]);
  });

  test('differ by one float32 at most where there is a logarithm', async () => {
    const values = Float64Array.from({ length: 20_011 }, (_, i) => (i % 97) * Math.exp((i % 400) / 5 - 40));
    const columns = columnsOf(values.length, [{ name: 'x', kind: 'number', numbers: values }]);
    const log: Expression = { op: 'log1p', of: [{ op: 'column', name: 'x' }] };
    const signature = signatureFor([log], [{ name: 'x', kind: 'number', missing: 'allow' }]);
    const computed = await withDerived(signature, columns);
    const units = Array.from(values, (value, row) =>
      unitsBetween(Number(cellOf(computed, 'd0', row)), Number(derive(log, () => value))),
    );
    expect(Math.max(...units)).toBeLessThanOrEqual(1);
  });

  test('say of a row what they say of it in a batch, logarithms too, which come in packets', async () => {
    const numbers = Float64Array.from({ length: 67 }, (_, i) => Math.exp(i / 7 - 3));
    const near = numbers.map((value) => Math.log1p(value));
    const columns = columnsOf(numbers.length, [
      { name: 'x', kind: 'number', numbers },
      { name: 'near', kind: 'number', numbers: near },
    ]);
    const log: Expression = { op: 'log1p', of: [{ op: 'column', name: 'x' }] };
    // What is left of it are the last bits of a float64.
    const lastBits: Expression = { op: 'difference', of: [log, { op: 'column', name: 'near' }] };
    const features = ['x', 'near'].map((name): FeatureSpec => ({ name, kind: 'number', missing: 'allow' }));
    const signature = signatureFor([log, lastBits], features);
    const together = await withDerived(signature, columns);
    for (let row = 0; row < columns.rows; row++) {
      // oxlint-disable-next-line no-await-in-loop -- one row at a time is what is tested
      const alone = await withDerived(signature, sliceColumns(columns, row, row + 1));
      for (const { name } of signature.derived ?? []) expect(cellOf(alone, name, 0)).toBe(cellOf(together, name, row));
    }
  });
});

function operatorsIn(expression: Expression): readonly string[] {
  return 'of' in expression ? [expression.op, ...expression.of.flatMap(operatorsIn)] : [];
}

test('all that is generated has a kind', () => {
  const inputs = new Map(awkwardFeatures.map(({ name, kind }) => [name, kind]));
  for (const expression of randomExpressions(13, 200))
    expect(kindOfExpression(expression, inputs)).toHaveProperty('kind');
});

test('a small difference of large amounts is not lost before it is taken', async () => {
  const numbers = (...values: number[]) => Float64Array.from(values);
  const columns = columnsOf(1, [
    { name: 'a', kind: 'number', numbers: numbers(1_000_000_001) },
    { name: 'b', kind: 'number', numbers: numbers(1_000_000_000) },
  ]);
  const difference: Expression = {
    op: 'difference',
    of: [
      { op: 'column', name: 'a' },
      { op: 'column', name: 'b' },
    ],
  };
  const features = ['a', 'b'].map((name): FeatureSpec => ({ name, kind: 'number', missing: 'allow' }));
  expect(cellOf(await withDerived(signatureFor([difference], features), columns), 'd0', 0)).toBe(1);
});

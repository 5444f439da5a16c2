import { describe, expect, test } from 'vitest';
import { relationWorld } from '../../../tests/worlds/relation-world.ts';
import { columnFrom, columnsOf } from '../../onnx/run/columns.ts';
import { createRandom } from '../../statistics/numeric/random.ts';
import { featureRelations } from './feature-relations.ts';

const ranges = { training: { from: 0, to: 3_000 }, test: { from: 3_000, to: 4_000 } };
const rows = 4_000;

describe('what each feature says about the target by itself', () => {
  test('two classes: a strong feature explains more than a weak one, and noise nothing', () => {
    const world = relationWorld({ weights: [2, 1, 0], trainingRows: 3_000, testRows: 1_000 }, 'three');
    const [strong, weak, noise] = featureRelations(world);
    expect(strong).toMatchObject({ feature: 'f0', rows: 1_000 });
    expect(strong?.share).toBeGreaterThan(0.25);
    expect(weak?.share).toBeGreaterThan(3 * (weak?.standardError ?? 1));
    expect(weak?.share).toBeLessThan(0.12);
    expect(Math.abs(noise?.share ?? 1)).toBeLessThan(4 * (noise?.standardError ?? 0));
    expect(noise?.standardError).toBeLessThan(0.01);
  });

  test('a value, and several classes, by numbers and by categories; missing ones are a cell of their own', () => {
    const random = createRandom('values');
    const x = Array.from({ length: rows }, (_, row) => (row % 10 === 3 ? null : random.normal()));
    const word = x.map((value) => (value === null ? null : value > 0 ? 'high' : 'low'));
    const columns = columnsOf(rows, [
      columnFrom({ name: 'x', kind: 'number' }, x),
      columnFrom({ name: 'word', kind: 'category' }, word),
      columnFrom(
        { name: 'at', kind: 'time' },
        Array.from({ length: rows }, (_, row) => row),
      ),
    ]);
    const signature = {
      columns: [
        { name: 'x', kind: 'number', index: 0 },
        { name: 'word', kind: 'category', index: 0 },
        { name: 'at', kind: 'time', index: 1 },
      ],
      classes: [],
    } as const;
    const value = featureRelations({ signature, columns, labels: x.map((cell) => cell ?? 5), ...ranges });
    // What moves by nature is no relation.
    expect(value.map(({ feature }) => feature)).toEqual(['x', 'word']);
    expect(value[0]?.share).toBeGreaterThan(0.95);
    // Half of a normal variance lies between the halves (2 / pi), and all of what is missing is known.
    expect(value[1]?.share).toBeGreaterThan(0.8);
    const classes = { ...signature, classes: ['a', 'b', 'c'] };
    const labels = x.map((cell) => (cell === null ? 2 : cell > 0 ? 1 : 0));
    for (const { share } of featureRelations({ signature: classes, columns, labels, ...ranges }))
      expect(share).toBeGreaterThan(0.95);
  });

  test('what was learnt may mislead, and a target of one value is explained by nobody', () => {
    const world = relationWorld({ weights: [1.5], trainingRows: 3_000, testRows: 1_000 }, 'turned');
    const turned = world.labels.map((label, row) => (row < 3_000 ? label : 1 - label));
    expect(featureRelations({ ...world, labels: turned })[0]?.share).toBeLessThan(-0.1);
    expect(featureRelations({ ...world, labels: new Float64Array(rows) })[0]).toMatchObject({ share: 0 });
  });

  test('the error follows the memory of the rows', () => {
    const world = relationWorld({ weights: [1], trainingRows: 3_000, testRows: 1_000 }, 'memory');
    const ten = (row: number) => row - (row % 10);
    const x = world.columns.byName.get('f0');
    const numbers = x !== undefined && 'numbers' in x ? x.numbers : new Float64Array();
    const repeated = {
      ...world,
      columns: columnsOf(rows, [
        { name: 'f0', kind: 'number', numbers: numbers.map((_, row) => numbers[ten(row)] ?? 0) },
      ]),
      labels: world.labels.map((_, row) => world.labels[ten(row)] ?? 0),
    };
    // Ten copies of each row: a hundred are as many as there are.
    expect(featureRelations(repeated)[0]?.standardError).toBeGreaterThan(
      2 * (featureRelations(world)[0]?.standardError ?? Infinity),
    );
  });
});

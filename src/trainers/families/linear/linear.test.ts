import { describe, expect, it } from 'vitest';
import type { TargetSpec } from '../../../domain/spec/spec.ts';
import type { NumberColumn } from '../../../onnx/run/columns.ts';
import { fitRequest, lehmer } from '../../../../tests/worlds/fit-fixture.ts';
import { linearTrainer } from './linear.ts';
import { priorTrainer } from '../prior/prior.ts';

const binary: TargetSpec = { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay: { rows: 0 } };
const numbers = (name: string, rows: number, of: (row: number) => number): NumberColumn => ({
  name,
  kind: 'number',
  numbers: Float64Array.from({ length: rows }, (_, row) => of(row)),
});

describe('linear trainer', () => {
  it('recovers the slope of a line, whatever the unit, with a category shift', async () => {
    const random = lehmer(5);
    const rows = 2_000;
    const x = numbers('x', rows, () => random() * 1e6);
    const shop = Array.from({ length: rows }, (_, row) => (row % 2 === 0 ? 'a' : 'b'));
    const at = (row: number) => 3 * (x.numbers[row] ?? 0) + (row % 2 === 0 ? 5e5 : 0) + 1e7;
    const labels = Float64Array.from({ length: rows }, (_, row) => at(row));
    const request = fitRequest(
      { task: 'regression', column: 'y', labelDelay: { rows: 0 } },
      [x, { name: 'shop', kind: 'category', texts: shop }],
      labels,
    );
    const model = await linearTrainer.fit(request);
    const prior = await priorTrainer.fit(request);
    expect(model.validationLoss).toBeLessThan(0.005 * (prior.validationLoss ?? 0));
  });

  it('stays finite on separable data and gives the same weights twice', async () => {
    const rows = 200;
    const request = fitRequest(
      binary,
      [numbers('x', rows, (row) => (row % 2 === 0 ? -1 : 1)), numbers('same', rows, () => 1e9)],
      Float64Array.from({ length: rows }, (_, row) => row % 2),
    );
    const model = await linearTrainer.fit(request);
    const [, low = 0, , high = 0] = model.predict(request.columns, { from: 0, to: 2 });
    expect(low).toBeGreaterThan(0);
    expect(low).toBeLessThan(0.1);
    expect(high).toBeGreaterThan(0.9);
    const again = await linearTrainer.fit(request);
    expect(Buffer.compare(model.toOnnx('d'), again.toOnnx('d'))).toBe(0);
  });

  it('uses the fact that a value is missing', async () => {
    const random = lehmer(9);
    const rows = 800;
    const missing = Array.from({ length: rows }, () => random() < 0.3);
    const request = fitRequest(
      binary,
      [numbers('x', rows, (row) => (missing[row] === true ? NaN : random()))],
      Float64Array.from(missing, (flag) => (flag === random() < 0.9 ? 1 : 0)),
    );
    const model = await linearTrainer.fit(request);
    const prior = await priorTrainer.fit(request);
    expect(model.validationLoss).toBeLessThan((prior.validationLoss ?? 0) - 0.1);
  });
});

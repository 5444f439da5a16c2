import { expect, test } from 'vitest';
import { completeSpec } from '../../domain/spec/default-spec.ts';
import { signatureOf } from '../../domain/spec/signature.ts';
import { cellOf } from '../../domain/training/profile.ts';
import { readCells } from '../../domain/training/reference-stretches.ts';
import { columnsOf } from '../../onnx/run/columns.ts';
import { createRandom } from '../../statistics/numeric/random.ts';
import { labelProfile } from './label-profile.ts';
import { referenceProfile } from './reference-profile.ts';
import { withHoldOut } from './with-hold-out.ts';

const rows = 6_000;
const spec = completeSpec({
  name: 'kept',
  about: { owner: 'o', useCase: 'u', successCriterion: 's' },
  features: [
    { kind: 'number', name: 'amount', missing: 'allow' },
    { kind: 'category', name: 'country', values: ['de', 'at'], missing: 'allow' },
    { kind: 'time', name: 'at', missing: 'allow' },
  ],
  target: { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay: { rows: 1 } },
  source: { kind: 'file', path: 'x.csv', format: 'csv' },
  slices: ['country', { name: 'large', feature: 'amount', from: 1 }],
});
const signature = signatureOf(spec);
const random = createRandom('kept');
const amounts = Float64Array.from({ length: rows }, (_, row) => (row % 7 === 0 ? Number.NaN : random.normal()));
const countries = Array.from({ length: rows }, () => (random.next() < 0.3 ? 'de' : 'at'));
const columns = columnsOf(rows, [
  { name: 'amount', kind: 'number', numbers: amounts },
  { name: 'country', kind: 'category', texts: countries },
  { name: 'at', kind: 'time', numbers: amounts },
]);
const range = { from: 0, to: rows };
const profile = referenceProfile(signature, columns, range, new Float64Array(2 * rows).fill(0.5));

test('of the last 4,000 test rows the cells of what can drift are kept, and in which slices they are', () => {
  const { holdOut } = withHoldOut(profile, spec, signature, columns, { from: 1_000, to: 5_500 });
  expect(holdOut?.rows).toBe(4_000);
  expect(holdOut?.features.map(({ name }) => name)).toEqual(['amount', 'country']);
  expect(holdOut?.slices).toHaveLength(3);
  const [amount] = holdOut?.features ?? [];
  const [de, , large] = holdOut?.slices ?? [];
  const [amountProfile] = profile.features;
  for (const row of [0, 7, 3_999]) {
    const at = 1_500 + row;
    expect(readCells(amount?.cells ?? '')[row]).toBe(amountProfile && cellOf(amountProfile, amounts[at] ?? null));
    expect(de?.members[row]).toBe(countries[at] === 'de' ? '1' : '0');
    expect(large?.members[row]).toBe((amounts[at] ?? 0) >= 1 ? '1' : '0');
  }
  // Fewer test rows than that are all kept.
  expect(withHoldOut(profile, spec, signature, columns, { from: 5_000, to: 5_500 }).holdOut?.rows).toBe(500);
});

test('labels are counted by class, and values in bins', () => {
  const labels = Float64Array.from({ length: 1_000 }, (_, row) => (row % 10 === 0 ? 1 : 0));
  expect(labelProfile(signature, labels)).toMatchObject({ values: ['no', 'yes'], counts: [900, 100], other: 0 });
  const values = labelProfile(
    { ...signature, task: 'regression', classes: [] },
    Float64Array.from(labels, (_, i) => i),
  );
  expect(values.kind === 'binned' && values.counts).toHaveLength(20);
});

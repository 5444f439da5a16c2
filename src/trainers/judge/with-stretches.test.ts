import { expect, test } from 'vitest';
import { watchSchema } from '../../contracts/spec/spec-plans.ts';
import { completeSpec } from '../../domain/spec/default-spec.ts';
import { signatureOf } from '../../domain/spec/signature.ts';
import { cellOf } from '../../domain/training/profile.ts';
import { placeStretches, readCells } from '../../domain/training/reference-stretches.ts';
import { columnsOf } from '../../onnx/run/columns.ts';
import { createRandom } from '../../statistics/numeric/random.ts';
import { referenceProfile } from './reference-profile.ts';
import { withStretches } from './with-stretches.ts';

const [before, rows] = [50, 6_000];
const spec = completeSpec({
  name: 'kept',
  about: { owner: 'o', useCase: 'u', successCriterion: 's' },
  features: [
    { kind: 'number', name: 'amount', missing: 'allow' },
    { kind: 'category', name: 'country', missing: 'allow' },
    { kind: 'time', name: 'at', missing: 'allow' },
  ],
  target: { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay: { rows: 1 } },
  source: { kind: 'file', path: 'x.csv', format: 'csv' },
});
const signature = signatureOf(spec);
const random = createRandom('kept');
const amounts = Float64Array.from({ length: before + rows }, (_, row) =>
  row % 7 === 0 ? Number.NaN : random.normal(),
);
const countries = Array.from({ length: before + rows }, () => (random.next() < 0.3 ? 'de' : 'at'));
const columns = columnsOf(before + rows, [
  { name: 'amount', kind: 'number', numbers: amounts },
  { name: 'country', kind: 'category', texts: countries },
  { name: 'at', kind: 'time', numbers: amounts },
]);
const range = { from: before, to: before + rows };
const scores = Float64Array.from({ length: 2 * rows }, () => 0.5);
const profile = referenceProfile(signature, columns, range, scores);

test('rows are kept as the cells of what can drift, from the rows that the release was fitted on', () => {
  const kept = withStretches(profile, { multivariate: true }, signature, columns, range).stretches;
  const placed = placeStretches(rows);
  expect(kept).toMatchObject({ stretches: 30, stretchRows: 100 });
  expect(kept?.features.map(({ name }) => name)).toEqual(['amount', 'country']);
  const [amount, country] = kept?.features ?? [];
  const at = (row: number) => before + (placed?.starts[row < 100 ? 0 : 29] ?? 0) + (row % 100);
  for (const row of [0, 99, 2_999]) {
    expect(readCells(amount?.cells ?? '')[row]).toBe(cellOf(profileOf('amount'), amounts[at(row)] ?? null));
    expect(readCells(country?.cells ?? '')[row]).toBe(cellOf(profileOf('country'), countries[at(row)] ?? null));
  }
});

function profileOf(name: string) {
  const found = profile.features.find((feature) => feature.name === name);
  if (found === undefined) throw new Error(`no profile of ${name}`);
  return found;
}

test('nothing is kept where it is not declared, or of too few rows', () => {
  expect(withStretches(profile, {}, signature, columns, range)).toBe(profile);
  expect(withStretches(profile, { multivariate: null }, signature, columns, range)).toBe(profile);
  const short = { from: before, to: before + rows - 1 };
  expect(withStretches(profile, { multivariate: true }, signature, columns, short)).toBe(profile);
});

test.each([
  [true, true],
  [{ aurocRiseMin: 0.1 }, true],
  [null, true],
  [false, false],
  [{ aurocRiseMin: 0.6 }, false],
])('watch.multivariate: %j is taken: %j', (multivariate, isTaken) => {
  expect(watchSchema.safeParse({ ...spec.watch, multivariate }).success).toBe(isTaken);
});

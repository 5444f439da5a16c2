import { describe, expect, test } from 'vitest';
import { completeSpec } from '../../../domain/spec/default-spec.ts';
import { signatureOf } from '../../../domain/spec/signature.ts';
import type { CorrectionSpec } from '../../../domain/spec/spec.ts';
import { columnsOf, type FeatureColumn } from '../../../onnx/run/columns.ts';
import { createRandom } from '../../../statistics/numeric/random.ts';
import { correctHoldOut } from './correct-hold-out.ts';

const count = 1_200;
const plan: CorrectionSpec = { halfLifeRows: 500, rowsMax: 3_000, labelledRowsMin: 100, featuresMax: 2 };
const labelDelay = { rows: 1 };
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** A model of `known` that does not see `unseen`, which has a part in what comes true as large as `part`. */
function heldOut(part: number, correction: CorrectionSpec | null, rows = count) {
  const spec = completeSpec({
    name: 'held',
    about: { owner: 'o', useCase: 'u', successCriterion: 's' },
    features: [
      { kind: 'category', name: 'shop', missing: 'allow' },
      ...['still', 'known', 'noise', 'unseen'].map((name) => ({ kind: 'number', name, missing: 'allow' }) as const),
      { kind: 'boolean', name: 'online', missing: 'allow' },
    ],
    target: { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay },
    source: { kind: 'file', path: 'x.csv', format: 'csv' },
    watch: { correction },
  });
  const random = createRandom(`held ${part}`);
  const draw = (): Float64Array => Float64Array.from({ length: rows }, () => random.normal());
  const [known, noise, unseen] = [draw(), draw(), draw()];
  const columns: readonly FeatureColumn[] = [
    { name: 'shop', kind: 'category', texts: Array.from({ length: rows }, () => 'a') },
    { name: 'still', kind: 'number', numbers: new Float64Array(rows).fill(4) },
    { name: 'known', kind: 'number', numbers: known.map((value) => 100 + 5 * value) },
    { name: 'noise', kind: 'number', numbers: noise },
    { name: 'unseen', kind: 'number', numbers: unseen.map((value, row) => (row % 9 === 0 ? Number.NaN : value)) },
    { name: 'online', kind: 'boolean', numbers: new Float64Array(rows).fill(1) },
  ];
  const labels = known.map((value, row) =>
    random.next() < sigmoid(value + part * ((row % 9 === 0 ? 0 : unseen[row]) ?? 0)) ? 1 : 0,
  );
  const scores = Float64Array.from([...known].flatMap((value) => [1 - sigmoid(value), sigmoid(value)]));
  const importance = ['shop', 'still', 'online', 'unseen', 'known', 'noise'].map((feature) => ({ feature }));
  return { spec, signature: signatureOf(spec), columns: columnsOf(rows, columns), labels, scores, importance };
}

describe('what the test rows say of a candidate', () => {
  test('number features that differ have a part, the most important ones, as many as are declared', () => {
    const namesWith = (featuresMax?: number) =>
      correctHoldOut(
        heldOut(1, featuresMax === undefined ? { ...plan, featuresMax: 0 } : { ...plan, featuresMax }),
      )?.holdOut.at.covariates?.map(({ feature }) => feature);
    expect(namesWith(2)).toEqual(['unseen', 'known']);
    expect(namesWith(24)).toEqual(['unseen', 'known', 'noise']);
    expect(namesWith()).toBeUndefined();
  });

  test('what it does not see is put right from the first answer on, where that is proven', () => {
    const first = correctHoldOut(heldOut(1, plan));
    expect(first?.correction).toMatchObject({ formatVersion: 2, task: 'binary' });
    const [ofUnseen = 0, ofKnown = 1] = first?.correction?.weights ?? [];
    expect(ofUnseen).toBeGreaterThan(0.4);
    expect(Math.abs(ofKnown)).toBeLessThan(0.3);
    expect(first?.gain?.lower).toBeGreaterThan(0);
    expect(first?.holdOut.curvature.map((row) => row.length)).toEqual([4, 4, 4, 4]);
  });

  test('a candidate that errs in nothing begins as it scores, and later fits go on from that all the same', () => {
    const first = correctHoldOut(heldOut(0, plan));
    expect(first).toMatchObject({ correction: null });
    expect(first?.holdOut.at.weights?.every((weight) => Math.abs(weight) < 0.2)).toBe(true);
  });

  test('only the youngest rows are read, as many as later fits read', () => {
    const held = heldOut(1, { ...plan, rowsMax: 400 });
    const older = held.labels.map((label, row) => (row < count - 400 ? 1 - label : label));
    expect(correctHoldOut({ ...held, labels: older })).toEqual(correctHoldOut(held));
    expect(correctHoldOut(held)?.holdOut.at.weights?.[0], 'each with its own features').toBeGreaterThan(0.3);
    const younger = held.labels.map((label, row) => (row >= count - 40 ? 1 - label : label));
    expect(correctHoldOut({ ...held, labels: younger })).not.toEqual(correctHoldOut(held));
  });

  test('nothing where answers are not corrected, or rows are too few', () => {
    expect(correctHoldOut(heldOut(1, null))).toBeNull();
    expect(correctHoldOut(heldOut(1, plan, 99))).toBeNull();
    expect(correctHoldOut(heldOut(1, plan, 100))).not.toBeNull();
  });

  test('a task whose fits cannot go on from others has none', () => {
    const held = heldOut(1, plan);
    const target = { task: 'regression', column: 'y', labelDelay } as const;
    const spec = { ...held.spec, target };
    expect(correctHoldOut({ ...held, spec, signature: signatureOf(spec), scores: held.labels })).toBeNull();
  });
});

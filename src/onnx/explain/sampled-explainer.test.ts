import { describe, expect, it } from 'vitest';
import { signatureOf, type EncodedRow } from '../../domain/spec/signature.ts';
import type { FeatureSpec } from '../../domain/spec/spec.ts';
import type { ReferenceProfile } from '../../domain/training/profile.ts';
import { drawRowsOf } from './draw-row.ts';
import { sampledExplainer } from './sampled-explainer.ts';

const features: readonly FeatureSpec[] = [
  { name: 'x', kind: 'number', missing: 'allow' },
  { name: 'word', kind: 'category', missing: 'allow' },
  { name: 'noise', kind: 'number', missing: 'allow' },
];
const signature = signatureOf({ features, target: { task: 'regression', column: 'y', labelDelay: { rows: 0 } } });
const binned = (name: string) =>
  ({ name, kind: 'binned', edges: [0, 1, 2], counts: [10, 10, 10, 10], missing: 0 }) as const;
const profile: ReferenceProfile = {
  formatVersion: 1,
  rows: 40,
  features: [
    binned('x'),
    { name: 'word', kind: 'category', values: ['a', 'b'], counts: [30, 10], other: 0, missing: 0 },
    binned('noise'),
  ],
  prediction: binned('value'),
};
const row: EncodedRow = { numbers: Float64Array.of(2, 5), texts: ['b'] };
const explainerOf = (score: (row: EncodedRow) => number, digest = 'digest') =>
  sampledExplainer({
    signature,
    digest,
    draw: drawRowsOf(profile, signature),
    score: (rows) => Promise.resolve(rows.map((one) => [score(one)])),
  });
const sumOf = ({ numbers: [x = 0], texts: [word] }: EncodedRow) => 3 * x + (word === 'b' ? 4 : 0);

describe('sampled explanations', () => {
  it('add up exactly, and err no more than they say', async () => {
    const explainer = explainerOf(sumOf);
    const [reasons] = await explainer.explain([{ row, output: 0 }]);
    const { base = 0, score = 0, contributions = new Float64Array(), errors = new Float64Array() } = reasons ?? {};
    expect(score).toBe(10);
    expect(base + contributions.reduce((sum, value) => sum + value, 0)).toBeCloseTo(score, 9);
    // Cells of x stand for 0, 1, 2 and 2: their mean is 1.25. A quarter of the words is b.
    for (const [at, truth] of [3 * (2 - 1.25), 4 * 0.75, 0].entries())
      expect(Math.abs((contributions[at] ?? Number.NaN) - truth)).toBeLessThanOrEqual(4 * (errors[at] ?? 0));
    expect(errors[0]).toBeGreaterThan(0);
    expect(errors[2]).toBe(0);
  });

  it('say the same of the same row, and draw others for another model', async () => {
    const said = async (digest: string) => (await explainerOf(sumOf, digest).explain([{ row, output: 0 }]))[0];
    expect(await said('one')).toEqual(await said('one'));
    expect((await said('other'))?.contributions).not.toEqual((await said('one'))?.contributions);
  });

  it('share what only two inputs together make', async () => {
    const explainer = explainerOf(({ numbers: [x = 0], texts: [word] }) => (x === 2 && word === 'b' ? 8 : 0));
    const [reasons] = await explainer.explain([{ row, output: 0 }]);
    const [x = 0, word = 0] = reasons?.contributions ?? [];
    // Half of the rows have x = 2, a quarter has b: v(x) = 2, v(word) = 4, v(both) = 8, v() = 1.
    const [errorOfX = 0, errorOfWord = 0] = reasons?.errors ?? [];
    expect(Math.abs(x - ((2 - 1) / 2 + (8 - 4) / 2))).toBeLessThanOrEqual(4 * errorOfX);
    expect(Math.abs(word - ((4 - 1) / 2 + (8 - 2) / 2))).toBeLessThanOrEqual(4 * errorOfWord);
  });

  it('are refused where the model does not answer on the way', async () => {
    const explainer = explainerOf(() => 1);
    const silent = sampledExplainer({
      signature,
      digest: 'd',
      draw: drawRowsOf(profile, signature),
      score: (rows) => Promise.resolve(rows.map(() => null)),
    });
    await expect(silent.explain([{ row, output: 0 }])).rejects.toMatchObject({ code: 'unsupported' });
    await expect(explainer.explain([{ row, output: 0 }])).resolves.toHaveLength(1);
  });
});

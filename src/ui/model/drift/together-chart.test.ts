import { expect, test } from 'vitest';
import { TogetherChart } from './together-chart.tsx';

const test500 = { rows: 500, expected: 0.51, expectedLow: 0.48, expectedHigh: 0.55, features: [], pairs: [] };
const page = (...judged: readonly object[]): string =>
  String(
    TogetherChart({
      view: {
        windows: judged.map((together, at) => ({
          number: at + 1,
          evidence: {
            champion: 1,
            drift: { verdict: 'stable', rows: 500, features: [], drifted: [], text: '', together },
          },
        })),
      },
    } as never),
  );

test('each judged window stands beside what the reference shows of itself, and drift is marked', () => {
  const stable = { ...test500, verdict: 'stable', auroc: 0.52, pValue: 0.4, adjusted: 0.6, text: 'as it was' };
  const html = page(stable, { ...stable, verdict: 'drift', auroc: 0.83, text: 'told apart' });
  expect(html).toContain('AUROC of a classifier between window and reference');
  expect(html).toMatch(/0\.83/);
  expect(html).toContain('stretches of the reference itself');
  expect(html).toContain('drift');
});

test('windows that were not judged have no point, and without any there is no picture', () => {
  expect(page({ verdict: 'not-judged', text: 'too few rows' })).toBe('null');
});

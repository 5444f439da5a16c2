import { expect, test } from 'vitest';
import type { SectionProps } from '../section.ts';
import { Slices } from './slices.tsx';

const slice = {
  key: 'night',
  name: 'night = true',
  rows: 120,
  rowShare: 0.24,
  failed: 3,
  latencyMeanMs: 4.5,
  missingShare: 0.25,
  unseenShare: 0,
  scoreMean: 0.31,
  confidenceMean: 0.8,
  quality: { metric: 'logLoss', labelledRows: 400, value: 0.42, interval: { lower: 0.36, upper: 0.5 } },
  decay: { verdict: 'decayed', recentLoss: 0.42, referenceLoss: 0.3, relativeRise: 0.4, recentRows: 300 },
};

function page(...windows: readonly object[]): string {
  const view = { windows: windows.map((slices, at) => ({ number: at + 1, evidence: { champion: 1, slices } })) };
  return String(Slices({ view } as unknown as SectionProps));
}

test('slices of the last window stand in a table, and how their loss rose in a picture', () => {
  const few = { ...slice, decay: null, quality: { ...slice.quality, value: null, interval: null, labelledRows: 12 } };
  const said = { verdict: 'decayed', text: 'Quality has decayed in 1 of 2 slices.' };
  const html = page({ ...said, slices: [few] }, { ...said, slices: [slice, { ...few, key: 'day', name: 'day' }] });
  expect(html).toContain('Window 2: Quality has decayed in 1 of 2 slices.');
  expect(html).toMatch(/night = true[\s\S]*120 rows \(24 %\)[\s\S]*25 %/);
  expect(html).toContain('0.42 (0.36 to 0.5) on 400 rows');
  expect(html).toContain('not enough (12 rows)');
  expect(html).toMatch(/<span class="state bad">decayed<\/span>/);
  expect(html).toContain('outlined where it is proven');
});

test('without judged slices there is no picture, and without slices nothing', () => {
  const unjudged = { verdict: 'insufficient', text: '', slices: [{ ...slice, decay: null }] };
  expect(page(unjudged)).not.toContain('outlined where it is proven');
  expect(String(Slices({ view: { windows: [{ number: 1, evidence: { champion: 1 } }] } } as never))).toBe('null');
});

import { expect, test } from 'vitest';
import { BestSection } from './best-section.tsx';
import { DriftSection } from '../drift/drift-section.tsx';
import type { SectionProps } from '../section.ts';

const decayOf = (best: object | null) => ({ verdict: 'steady', recentLoss: 0.44, referenceLoss: 0.43, text: '', best });
const farBelow = { verdict: 'far-below', version: 1, bestLoss: 0.3, text: 'Loss is 0.44: far below its best.' };
const kept = { version: 1, window: 3, reference: { mean: 0.3, rows: 2_000 }, of: 3, question: 'q' };

function bestOf(best: object | null, decays: readonly (object | null)[]): string {
  const windows = decays.map((decay, i) => ({ number: i + 1, evidence: { champion: 2, drift: null, decay } }));
  return String(BestSection({ view: { best, windows } as unknown as SectionProps['view'] }) ?? '');
}

test('the best champion ever stands beside the loss of the windows, with what the latest one says', () => {
  const html = bestOf(kept, [decayOf(null), decayOf(farBelow)]);
  expect(html).toContain('<span class="state bad">far below its best</span>');
  expect(html).toMatch(/Best champion ever: v\s*1, loss 0\.3 on 2,000 labelled rows/);
  expect(html).toContain('Loss is 0.44: far below its best.');
  expect(html).toContain('the best champion ever');
});

test('nothing is drawn before there is a best, or a window with a loss', () => {
  expect(bestOf(null, [decayOf(null)])).toBe('');
  expect(bestOf(kept, [null])).toBe('');
});

test('causes and kinds of drift stand with the window; in evidence of earlier releases there are none', () => {
  const cause = { feature: 'amount', effect: 0.6, drifted: true, part: { label: 'above 20', now: 0.4, before: 0.1 } };
  const drift = {
    verdict: 'drift',
    rows: 500,
    text: 'Drift in 1.',
    features: [{ name: 'amount', effect: 0.6, jsAboveFloor: 0.2, drifted: true, text: '' }],
  };
  const page = (evidence: object): string => {
    const windows = [{ number: 1, evidence: { champion: 1, decay: null, ...evidence } }];
    const view = { windows, outline: { driftLimit: 0.1 }, openWindow: { number: 2 } };
    const call = { query: () => null };
    return String(DriftSection({ call, name: 'fraud', view } as unknown as SectionProps));
  };
  const html = page({
    drift: { ...drift, causes: [{ ...cause, answerShare: 0.62 }] },
    kinds: { text: 'Features moved.' },
  });
  expect(html).toContain('<p id="kinds">Features moved.</p>');
  expect(html).toContain('<td>62 %</td>');
  expect(html).toMatch(/above 20: 40 % of rows, 10 % before/);
  expect(page({ drift: { ...drift, causes: [{ ...cause, answerShare: null }] } })).toContain('<td>not known</td>');
  expect(page({ drift })).not.toContain('id="causes"');
});

test('features together stand beside the causes: the area, what is expected, and what the classifier used', () => {
  const drift = {
    verdict: 'drift',
    rows: 500,
    text: 'Drift.',
    features: [{ name: 'amount', effect: 0, jsAboveFloor: 0, drifted: false, text: '' }],
  };
  const page = (together: object): string => {
    const windows = [{ number: 1, evidence: { champion: 1, decay: null, drift: { ...drift, together } } }];
    const view = { windows, outline: { driftLimit: 0.1 }, openWindow: { number: 2 } };
    return String(DriftSection({ call: { query: () => null }, name: 'fraud', view } as unknown as SectionProps));
  };
  const judged = {
    verdict: 'drift',
    auroc: 0.66,
    expectedLow: 0.45,
    expectedHigh: 0.55,
    rows: 500,
    features: [{ name: 'amount', share: 0.8 }],
    text: '',
  };
  const html = page(judged);
  expect(html).toMatch(/<span class="state bad">drift<\/span>[^<]*AUROC of 0\.66;\s+stretches[^<]*0\.45 to 0\.55/);
  expect(html).toContain('<td>80 %</td>');
  expect(page({ ...judged, verdict: 'stable' })).not.toContain('<td>80 %</td>');
  expect(page({ verdict: 'not-judged', text: 'Features together were not judged: x.' })).toContain('not judged: x.');
});

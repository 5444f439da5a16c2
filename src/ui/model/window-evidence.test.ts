import { expect, test } from 'vitest';
import { windowEvidence } from './window-evidence.ts';

const bodyWith = (feature: object) => ({
  champion: 1,
  drift: {
    verdict: 'stable',
    rows: 500,
    text: 'No drift.',
    features: [{ name: 'amount', drifted: false, text: '"amount" is stable.', jsAboveFloor: 0.1, ...feature }],
  },
  decay: null,
});

test('evidence of earlier releases is drawn in standard deviations too', () => {
  expect(windowEvidence(bodyWith({}))?.drift?.features[0]?.effect).toBeCloseTo(0.283, 3);
  expect(windowEvidence(bodyWith({ effect: 0.25 }))?.drift?.features[0]?.effect).toBe(0.25);
});

test('success is shown where it was judged, and absent in older evidence and in verdicts of another release', () => {
  const success = { verdict: 'met', text: 'Accuracy is 0.9.', value: 0.9, lower: 0.8, upper: 0.95 };
  expect(windowEvidence({ ...bodyWith({}), success })?.success).toEqual({ verdict: 'met', text: 'Accuracy is 0.9.' });
  expect(windowEvidence(bodyWith({}))?.success).toBeNull();
  const odd = windowEvidence({ ...bodyWith({}), success: { ...success, verdict: 'perhaps' } });
  expect(odd?.success).toBeNull();
  expect(odd?.drift?.verdict).toBe('stable');
});

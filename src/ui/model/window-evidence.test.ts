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

import { expect, test } from 'vitest';
import { LabelsDrift } from './labels-drift.tsx';

const page = (labels: object | undefined): string =>
  String(LabelsDrift({ view: { windows: [{ number: 4, evidence: { champion: 1, labels } }] } } as never));

test('labels now stand beside those of the training, with the verdict; where none were judged, only why', () => {
  const histogram = { name: 'label', labels: ['no', 'yes'], reference: [900, 100], current: [300, 100] };
  const html = page({ verdict: 'drift', rows: 400, effect: 0.4, histogram, text: 'yes is 25 %, 10 % when trained.' });
  expect(html).toMatch(/<span class="state warn">drifted<\/span> As known at the end of window 4: yes is 25 %/);
  expect(html).toMatch(/labels of mature rows[\s\S]*25 %/);
  const unjudged = page({ verdict: 'insufficient', rows: 3, effect: null, histogram: null, text: 'Not judged.' });
  expect(unjudged).toContain('Not judged.');
  expect(unjudged).not.toContain('<svg');
  expect(page(undefined)).toBe('null');
});

import { expect, test } from 'vitest';
import type { SectionProps } from '../section.ts';
import { Decayed } from './decayed.tsx';

const cause = {
  name: 'country',
  kind: 'feature',
  part: 'FR',
  rowShare: 0.25,
  rowShareBefore: 0.2,
  loss: 0.61,
  lossBefore: 0.33,
  within: 0.07,
  mix: 0.01,
  shareOfRise: 0.78,
};
const page = (causes: object | undefined): string => {
  const decay = { verdict: 'decayed', recentLoss: 0.4, referenceLoss: 0.3, text: 'Loss is 0.4.', causes };
  const windows = [{ number: 7, evidence: { champion: 1, decay } }];
  return String(Decayed({ view: { windows } } as unknown as SectionProps));
};

test('parts of the rows that carry a rise are drawn and listed with what adds to it', () => {
  const html = page({ rise: 0.1, causes: [cause], text: 'Of the rise of 0.1, country FR carries 78 %.' });
  expect(html).toContain('Window 7: Of the rise of 0.1, country FR carries 78 %.');
  expect(html).toMatch(/country FR[\s\S]*78 % of the rise/);
  expect(html).toContain('25 %, 20 % before');
  expect(html).toContain('0.61, 0.33 before');
});

test('where no part is proven that is said, and what earlier releases kept has no causes', () => {
  const none = page({ rise: 0.1, causes: [], text: 'No part of the rows is proven.' });
  expect(none).toContain('No part of the rows is proven.');
  expect(none).not.toContain('<table');
  expect(page(undefined)).toBe('null');
});

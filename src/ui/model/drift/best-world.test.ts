import { expect, test } from 'vitest';
import { BestWorldSection } from './best-world.tsx';

const page = (...worlds: readonly (object | undefined)[]): string => {
  const windows = worlds.map((bestWorld, at) => ({ number: at + 1, evidence: { champion: 2, bestWorld } }));
  return String(BestWorldSection({ view: { windows, outline: { driftLimit: 0.1 } } } as never));
};

test('the distance from the world of the best champion stands window by window', () => {
  const feature = { name: 'amount', effect: 0.6, drifted: true };
  const html = page(undefined, {
    verdict: 'moved',
    version: 1,
    features: [feature],
    text: '"amount" by 0.6 sd moved.',
  });
  expect(html).toContain('Window 2: &quot;amount&quot; by 0.6 sd moved.');
  expect(html).toContain('reference of the best champion (v1 now)');
  expect(html).toContain('amount');
  expect(page(undefined)).toBe('null');
});

import { expect, test } from 'vitest';
import type { SectionProps } from './section.ts';
import { ViewsSection } from './views-section.tsx';

/** Of one source, with so many rows unread. */
function shown(lag: { readonly unread: number; readonly isAtLeast: boolean } | null): string {
  const source = { view: 'cards', source: 'cards.csv', rows: 3, changedAt: null, lookedAt: null, failures: 0 };
  const viewSources = [{ ...source, problem: null, alerts: [], lag: lag === null ? null : { ...lag, unit: 'rows' } }];
  return String(ViewsSection({ view: { viewStandings: [], viewSources } } as unknown as SectionProps));
}

test('what was only counted up to a bound is unread at least, and one row is no rows', () => {
  expect(shown({ unread: 10_000, isAtLeast: true })).toContain('more than 10,000 rows');
  expect(shown({ unread: 10_000, isAtLeast: false })).not.toContain('more than');
  expect(shown({ unread: 1, isAtLeast: false })).toContain('1 row<');
  expect(shown(null)).toContain('not counted');
});

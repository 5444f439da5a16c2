import { expect, test } from 'vitest';
import { footprintWorld } from '../../../tests/worlds/footprint-world.ts';
import { FootprintPanel } from './footprint.tsx';

const htmlOf = (footprint: Parameters<typeof FootprintPanel>[0]['footprint']) => String(FootprintPanel({ footprint }));

test('each figure of candidate and champion, with where and how it was measured', () => {
  const html = htmlOf({ measured: footprintWorld({ candidateMs: 2, championMs: 1, spread: 0 }, 'page') });
  expect(html).toContain('in 12 fresh processes each');
  expect(html).toContain('9 s on 2 cores (a processor) under a load of 0.4; others took the cores in 0 rounds');
  expect(html).toContain('2 ms (2 ms to 2 ms)');
  expect(html).toContain('rows per core and second, 256 rows a run');
  expect(html).toContain('champion beside it');
  expect(htmlOf({ measured: footprintWorld({ candidateMs: 2 }, 'page') })).not.toContain('champion beside it');
});

test('what was not measured says why, and what nobody asked for leaves no trace', () => {
  expect(htmlOf({ problem: 'it ended' })).toContain('Not measured: it ended.');
  expect(htmlOf(null)).toBe('null');
});

import { describe, expect, test } from 'vitest';
import { formatLineageName, parseLineageName, type LineageName } from './lineage.ts';
import { traceLineage, type LineageReader } from './trace.ts';

/** Windows, each of which came of the one before; and beside each a decision that nothing came of. */
const chain = (length: number): LineageReader => ({
  describe: async ({ kind, key }) =>
    Number(key) >= 1 && Number(key) <= length ? { text: `${kind} ${key}`, at: null } : null,
  next: async ({ kind, key }, way) => {
    const [before, after] = [Number(key) - 1, Number(key) + 1];
    if (way === 'up') return [{ kind: 'window', key: kind === 'window' ? String(before) : key }];
    if (kind !== 'window') return [];
    return [
      { kind: 'window', key: String(after) },
      { kind: 'decision', key },
    ];
  },
});
const at = (key: number): LineageName => ({ kind: 'window', key: String(key) });

describe('what things are called', () => {
  test.each([
    ['v3', 'version:3'],
    ['w12', 'window:12'],
    ['train/fraud/4', 'run:train/fraud/4'],
    ['replay/4be1c7d0/1', 'run:replay/4be1c7d0/1'],
    ['f'.repeat(64), `snapshot:${'f'.repeat(64)}`],
    ['4be1c7d0', 'snapshot:4be1c7d0'],
    ['prediction:a:b', 'prediction:a:b'],
    ['decision:window/3', 'decision:window/3'],
  ])('%s', (text, name) => {
    const parsed = parseLineageName(text);
    expect(parsed === null ? null : formatLineageName(parsed)).toBe(name);
  });
  test.each(['', 'v0', 'w', 'nonsense', 'version:', 'planet:3', 'deadbee', 'f'.repeat(65)])('%j is none', (text) => {
    expect(parseLineageName(text)).toBeNull();
  });
});

describe('a trace', () => {
  test('goes up alone or down alone, or both, and never sideways', async () => {
    const ids = async (direction: 'up' | 'down' | 'both') =>
      (await traceLineage(chain(5), 'm', at(3), direction))?.nodes.map(formatLineageName);
    expect(await ids('up')).toEqual(['window:3', 'window:2', 'window:1']);
    expect(await ids('down')).toEqual(['window:3', 'window:4', 'decision:3', 'window:5', 'decision:4', 'decision:5']);
    // Decisions that came of what it came from are not among what came of it.
    expect(await ids('both')).toEqual([
      'window:3',
      'window:2',
      'window:1',
      'window:4',
      'decision:3',
      'window:5',
      'decision:4',
      'decision:5',
    ]);
  });

  test('says which came of which, and how far away it is', async () => {
    const found = await traceLineage(chain(3), 'm', at(2), 'up');
    expect(found?.edges).toEqual([{ from: at(1), to: at(2) }]);
    expect(found?.nodes.map(({ distance }) => distance)).toEqual([0, 1]);
    expect(found?.isCut).toBe(false);
  });

  test('ends after so many steps and things, and says so', async () => {
    const far = await traceLineage(chain(40), 'm', at(40), 'up');
    expect(far).toMatchObject({ isCut: true });
    expect(far?.nodes).toHaveLength(13);
    const wide: LineageReader = {
      describe: async ({ key }) => ({ text: key, at: null }),
      next: async ({ key }) => Array.from({ length: 100 }, (_, i) => ({ kind: 'window', key: `${key}.${i}` }) as const),
    };
    const cut = await traceLineage(wide, 'm', at(1), 'down');
    expect(cut).toMatchObject({ isCut: true });
    expect(cut?.nodes).toHaveLength(300);
  });

  test('of what is not there is none', async () => {
    expect(await traceLineage(chain(3), 'm', at(9), 'both')).toBeNull();
  });
});

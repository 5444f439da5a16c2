import { describe, expect, it } from 'vitest';

import { extent, milliseconds, type ExtentText } from './extent-text.ts';

describe('extent', () => {
  it.each([
    ['500 rows', { rows: 500 }],
    ['1 row', { rows: 1 }],
    ['30 days', { ms: 2_592_000_000 }],
    ['1.5 hours', { ms: 5_400_000 }],
    ['5 minutes', { ms: 300_000 }],
    ['1 second', { ms: 1_000 }],
    ['20 ms', { ms: 20 }],
  ] as const)('%s', (text, expected) => {
    expect(extent(text)).toEqual(expected);
  });

  it('leaves a parsed extent alone', () => {
    expect(extent({ rows: 3 })).toEqual({ rows: 3 });
  });

  // The template type lets these through, or the text comes from somewhere without types.
  it.each(['-5 rows', '1e3 rows', '0.5 rows', '5  days', 'five days', '5 toString', ''])(
    'refuses %j with its place',
    (text) => {
      expect(() => extent(text as ExtentText, 'watch.window')).toThrow(
        expect.objectContaining({ code: 'invalid_spec', path: 'watch.window' }),
      );
    },
  );

  it('gives milliseconds for settings in Ms', () => {
    expect(milliseconds('7 days')).toBe(604_800_000);
  });
});

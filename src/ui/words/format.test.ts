import { describe, expect, test } from 'vitest';
import {
  ago,
  coverage,
  duration,
  modelPath,
  money,
  moneyDifference,
  number,
  percent,
  runPath,
  time,
} from './format.ts';

describe('numbers', () => {
  test('what is not there is a dash, never a nought', () => {
    for (const nothing of [null, undefined, Number.NaN, Infinity]) {
      expect(number(nothing, 'ms')).toBe('—');
      expect(percent(nothing)).toBe('—');
      expect(money(nothing, 'EUR')).toBe('—');
      expect(duration(nothing)).toBe('—');
    }
    expect(number(0, 'ms')).toBe('0 ms');
    expect(percent(0)).toBe('0 %');
  });

  test('three figures, thousands apart, units behind', () => {
    expect(number(0.123456)).toBe('0.123');
    expect(number(12_345.6)).toBe('12,346');
    expect(number(-1_210.4, 'EUR')).toBe('-1,210 EUR');
    expect(number(0.00001)).toBe('1.00e-5');
    expect(percent(0.0004)).toBe('< 0.1 %');
    expect(percent(0.5)).toBe('50 %');
  });

  test('money keeps cents where they matter, and its sign in a difference', () => {
    expect(money(1_234.56, 'EUR')).toBe('1,235 EUR');
    expect(money(0.5, 'EUR')).toBe('0.50 EUR');
    expect(money(-12, 'EUR')).toBe('-12 EUR');
    expect(moneyDifference(3, 'EUR')).toBe('+3 EUR');
    expect(moneyDifference(-3, 'EUR')).toBe('-3 EUR');
  });

  test('durations take the largest unit that they fill', () => {
    expect([400, 3_200, 240_000, 18_000_000, 1_036_800_000].map(duration)).toEqual([
      '400 ms',
      '3.2 s',
      '4 min',
      '5 h',
      '12 d',
    ]);
    expect(ago('2026-05-03T14:00:00Z', new Date('2026-05-03T14:05:00Z'))).toBe('5 min');
    expect(ago('2026-05-03T14:05:00Z', new Date('2026-05-03T14:00:00Z'))).toBe('0 ms');
  });

  test('coverage says both numbers', () => {
    expect(coverage(250, 1_000)).toBe('25 % labelled (250 of 1,000 rows)');
    expect(coverage(0, 0)).toBe('no rows yet');
  });
});

test('an instant is UTC for who has no script, and whole in the title', () => {
  expect(String(time('2026-05-03T14:03:05Z'))).toBe(
    '<time datetime="2026-05-03T14:03:05.000Z" title="2026-05-03 14:03:05 UTC">2026-05-03 14:03 UTC</time>',
  );
  expect(time(null)).toBe('—');
});

test('a name or an id never breaks out of a path', () => {
  expect(modelPath('a/../b?c#d')).toBe('/models/a%2F..%2Fb%3Fc%23d');
  expect(runPath('train/fraud/1')).toBe('/runs/view?id=train%2Ffraud%2F1');
});

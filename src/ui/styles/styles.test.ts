import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { script, styles } from '../frame/assets.ts';

const tokens = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');

/** Custom properties of the block that follows `selector`. */
function block(selector: string): ReadonlyMap<string, string> {
  const from = tokens.indexOf(`${selector} {`);
  const body = tokens.slice(from, tokens.indexOf('}', from));
  return new Map([...body.matchAll(/--([\w-]+):\s*([^;]+);/g)].map((match) => [match[1] ?? '', match[2] ?? '']));
}

/** Relative luminance, WCAG 2.2. */
function luminance(hex: string): number {
  const channel = (at: number): number => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

const themes = { light: block(':root'), dark: block(":root[data-theme='dark']") };

const text = [
  ['ink', 'ground'],
  ['ink', 'panel'],
  ['ink', 'sunken'],
  ['ink-2', 'ground'],
  ['ink-2', 'panel'],
  ['ink-2', 'sunken'],
  ['accent', 'ground'],
  ['accent', 'panel'],
  ['accent', 'accent-soft'],
  ['on-accent', 'accent'],
  ['panel', 'bad'],
  ['good', 'good-soft'],
  ['warn', 'warn-soft'],
  ['bad', 'bad-soft'],
  ['info', 'info-soft'],
  ['ink', 'warn-soft'],
  ['ink', 'bad-soft'],
  ['ink', 'good-soft'],
] as const;
const shapes = ['c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'line-strong'] as const;

describe.each(Object.entries(themes))('the %s theme', (_, theme) => {
  const of = (name: string): string => theme.get(name) ?? `no --${name}`;

  test.each(text)('%s on %s is readable', (fore, back) => {
    expect(contrast(of(fore), of(back))).toBeGreaterThanOrEqual(4.5);
  });

  test.each(shapes)('%s is seen on a panel', (name) => {
    expect(contrast(of(name), of('panel'))).toBeGreaterThanOrEqual(3);
  });
});

test('the dark theme is one, whether the system or the reader asks for it', () => {
  expect(block(":root:not([data-theme='light'])")).toEqual(themes.dark);
});

test('every colour that is used is declared, and nothing is fetched from elsewhere', () => {
  const used = new Set([...styles.body.matchAll(/var\(--([\w-]+)\)/g)].map((match) => match[1] ?? ''));
  expect([...used].filter((name) => !themes.light.has(name))).toEqual([]);
  expect(styles.body).not.toMatch(/@import|url\(/);
});

test('the script stays small, and asks nobody but the server of the page', () => {
  expect(Buffer.byteLength(script.body)).toBeLessThan(4_600);
  expect(script.body).not.toMatch(/https?:|innerHTML|eval\(|insertAdjacentHTML/);
});

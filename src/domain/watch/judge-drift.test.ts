import { describe, expect, test } from 'vitest';
import { createRandom } from '../../statistics/numeric/random.ts';
import type { Random } from '../../statistics/numeric/random.ts';
import { judgeDrift } from './judge-drift.ts';
import { cellCount, cellOf } from '../training/profile.ts';
import type { FeatureProfile, ReferenceProfile } from '../training/profile.ts';

const watch = { falseAlarmRate: 0.01, effectMin: 0.1, missingShareRiseMax: 0.1 };
type Draw = (random: Random) => number | string | null;

const numeric: Draw = (random) => Math.exp(random.normal());
const mostlyMissing: Draw = (random) => (random.next() < 0.7 ? null : random.normal());
const country: Draw = (random) => 'abcdefghijklmnopqrstuvwxyz'[Math.floor(26 * random.next() * random.next())] ?? null;
const kinds: readonly Draw[] = [numeric, mostlyMissing, country];
const drawOf = (index: number): Draw => kinds[index % kinds.length] ?? numeric;

function profileOf(name: string, draw: Draw, rows: number, random: Random): FeatureProfile {
  const values = Array.from({ length: rows }, () => draw(random));
  const numbers = values.filter((x) => typeof x === 'number').toSorted((a, b) => a - b);
  const texts = [...new Set(values.filter((x) => typeof x === 'string'))].toSorted();
  const empty: FeatureProfile =
    texts.length > 0
      ? { name, kind: 'category', values: texts.slice(0, 20), counts: [], other: 0, missing: 0 }
      : {
          name,
          kind: 'binned',
          edges: Array.from({ length: 19 }, (_, i) => numbers[Math.floor(((i + 1) * numbers.length) / 20)] ?? 0),
          counts: [],
          missing: 0,
        };
  const cells = count(empty, values);
  return empty.kind === 'category'
    ? { ...empty, counts: cells.slice(0, -2), other: cells.at(-2) ?? 0, missing: cells.at(-1) ?? 0 }
    : { ...empty, counts: cells.slice(0, -1), missing: cells.at(-1) ?? 0 };
}

function count(profile: FeatureProfile, values: readonly (number | string | null)[]): number[] {
  const cells = Array.from({ length: cellCount(profile) }, () => 0);
  for (const value of values) {
    const cell = cellOf(profile, value);
    cells[cell] = (cells[cell] ?? 0) + 1;
  }
  return cells;
}

const random = createRandom('drift');
const features = Array.from({ length: 20 }, (_, i) => profileOf(`f${i}`, drawOf(i), 5_000, random));
const profile: ReferenceProfile = {
  formatVersion: 1,
  rows: 5_000,
  features,
  prediction: profileOf('score', (r) => r.next(), 5_000, random),
};

/** One window of `rows`, with some features drawn otherwise. */
function judge(rows: number, changed: Record<number, Draw> = {}, watched = watch) {
  const cells = features.map((feature, i) =>
    count(
      feature,
      Array.from({ length: rows }, () => (changed[i] ?? drawOf(i))(random)),
    ),
  );
  cells.push(
    count(
      profile.prediction,
      Array.from({ length: rows }, () => random.next()),
    ),
  );
  return judgeDrift({ profile, window: { rows, cells }, watch: watched });
}

describe('judgeDrift', () => {
  test('without drift, at most about 2 % of windows alarm; size makes it rarer than significance', () => {
    let significant = 0;
    let alarmed = 0;
    for (let window = 0; window < 200; window++) {
      if (judge(500, {}, { ...watch, effectMin: 0 }).verdict === 'drift') significant++;
      if (judge(500).verdict === 'drift') alarmed++;
    }
    expect(significant / 200).toBeLessThanOrEqual(0.025);
    expect(alarmed).toBe(0);
  });
  test('a unit changed upstream is always found, and named', () => {
    for (let window = 0; window < 20; window++) {
      const found = judge(500, { 3: (r) => 100 * Math.exp(r.normal()) });
      expect(found.drifted).toEqual(['f3']);
      expect(found.text).toMatch(
        /^Drift in 1 of 21 distributions over 500 rows: "f3" has moved: distance 0\.\d+ above sampling noise/,
      );
    }
  });
  test('more or less traffic alone is no drift', () => {
    for (const rows of [200, 1_000, 20_000]) expect(judge(rows).verdict).toBe('stable');
  });
  test('missing and unseen', () => {
    const missing = judge(500, { 0: (r) => (r.next() < 0.15 ? null : numeric(r)) }, { ...watch, effectMin: 0.8 });
    expect(missing.drifted).toEqual(['f0']);
    expect(missing.text).toMatch(/"f0" is missing in 1\d(\.\d)? % of rows, 0 % when trained\./);
    const unseen = judge(1_000, { 2: (r) => (r.next() < 0.1 ? 'new' : country(r)) });
    expect(unseen.drifted).toEqual(['f2']);
    expect(unseen.features[2]?.unseenShare).toBeGreaterThan(0.05);
    expect(unseen.text).toContain('values outside its list are');
  });
  test('small windows, features that move by nature and a lacking prediction are left out', () => {
    expect(judge(199)).toMatchObject({ verdict: 'insufficient', features: [] });
    const cells = features.map((feature) =>
      count(
        feature,
        Array.from({ length: 300 }, () => 1e9),
      ),
    );
    const skipped = judgeDrift({
      profile,
      window: { rows: 300, cells },
      watch,
      skip: features.map((f) => f.name).slice(1),
    });
    expect(skipped.features.map((f) => f.name)).toEqual(['f0']);
    expect(skipped.verdict).toBe('drift');
  });
});

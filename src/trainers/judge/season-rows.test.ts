import { expect, test } from 'vitest';
import { countSegment } from '../../db/traffic/store/count-segment.ts';
import { canonicalJson } from '../../domain/words/canonical.ts';
import { completeSpec } from '../../domain/spec/default-spec.ts';
import { signatureOf } from '../../domain/spec/signature.ts';
import { parseProfile, referenceCells, type FeatureProfile } from '../../domain/training/profile.ts';
import { columnOf, columnsOf } from '../../onnx/run/columns.ts';
import { predictionRecord } from '../../../tests/worlds/spool-records.ts';
import { watchedSpec } from '../../../tests/worlds/watched-models.ts';
import { referenceProfile } from './reference-profile.ts';
import { seasonRows } from './season-rows.ts';

const hourMs = 3_600_000;
const begin = Date.parse('2026-01-05T00:00:00Z');
const of = { phases: 'hour-of-day', timeZone: 'UTC' } as const;
/** Ten rows an hour by day, none in the first hour of it, and one alone in the second. */
const rows = 24 * 10 * 6;
const timesMs = Float64Array.from({ length: rows }, (_, row) => {
  const hour = Math.floor(row / 10);
  return begin + (hour % 24 === 0 ? hour + 2 : hour % 24 === 1 && row % 10 > 0 ? hour + 1 : hour) * hourMs;
});

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
const byPhase = ({ seasonal }: FeatureProfile): readonly number[] => (seasonal?.counts ?? []).map(sum);

function profileOf(season: Parameters<typeof referenceProfile>[4]) {
  const signature = signatureOf(completeSpec(watchedSpec('orders')));
  const amounts = columnOf(
    { name: 'amount', kind: 'number' },
    () => [],
    () => Float64Array.from({ length: rows }, (_, row) => row % 7),
  );
  const scores = Float64Array.from({ length: 2 * rows }, (_, at) => (at % 2 === 0 ? 0.3 : 0.7));
  return referenceProfile(signature, columnsOf(rows, [amounts]), { from: 0, to: rows }, scores, season);
}

test('a profile counts its rows by phase, knows which phases it knows, and is read again as it was', () => {
  const profile = profileOf({ of, timesMs, scoreTimesMs: timesMs });
  const { season } = profile;
  expect(season?.rows.slice(0, 4)).toEqual([0, 6, 174, 60]);
  expect(season?.isKnown.slice(0, 4)).toEqual([false, false, true, true]);
  const [amount] = profile.features;
  if (amount === undefined) throw new Error('a feature was profiled');
  // Rows of phases that it does not know are nowhere in what a window is held against.
  expect(byPhase(amount).slice(0, 4)).toEqual([0, 0, 174, 60]);
  expect(byPhase(profile.prediction)).toEqual(byPhase(amount));
  expect(sum(referenceCells(amount))).toBe(rows);
  expect(amount.seasonal?.memory.length).toBeGreaterThan(0);
  expect(parseProfile(canonicalJson(profile))).toEqual(profile);
});

test('without a season, or with fewer than three turns of it, a profile is what it was before', () => {
  const plain = profileOf(null);
  expect(plain.season).toBeUndefined();
  expect(Object.keys(plain.prediction)).not.toContain('seasonal');
  const short = timesMs.map((time) => begin + ((time - begin) % (48 * hourMs)));
  expect(seasonRows(of, short)).toBeNull();
  expect(profileOf({ of, timesMs: short, scoreTimesMs: short })).toEqual(plain);
  expect(seasonRows(of, new Float64Array(rows).fill(Number.NaN))).toBeNull();
});

test('a row of traffic is counted in its phase; one of a phase that is not known, in no cell', () => {
  const profile = profileOf({ of, timesMs, scoreTimesMs: timesMs });
  const placed = [2, 2, 3, 0, null].map((hour, row) => {
    const made = predictionRecord(`p${row}`, { eventTimeMs: hour === null ? null : begin + hour * hourMs });
    if (made.type !== 'prediction') throw new Error('a prediction was made');
    return { record: made.record, seq: row + 1, window: 1 };
  });
  const facts = {
    profile: () => profile,
    columns: () => new Map([['amount', { name: 'amount', kind: 'number', index: 0 } as never]]),
    derived: () => new Map(),
    slowUs: () => 1_000,
    slices: () => ({ slices: [], classes: new Set<string>(), hasClasses: true, scoreAt: 1 }),
  };
  const [delta] = countSegment(placed, facts);
  expect(delta).toMatchObject({ rows: 5 });
  expect(delta?.phases?.flatMap((count, phase) => (count === 0 ? [] : [[phase, count]]))).toEqual([
    [2, 2],
    [3, 1],
    [24, 2],
  ]);
  expect(delta?.cells.map(sum)).toEqual([3, 3]);
});

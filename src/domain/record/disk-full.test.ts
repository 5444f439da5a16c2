import { expect, test } from 'vitest';
import { forecastDisk, sayForecast, type DiskSample } from './disk-full.ts';

const hourMs = 3_600_000;
/** Hourly samples that grow by `perHour`, on a disk with `free` bytes left at the end. */
const samples = (hours: number, perHour: number, free: number): DiskSample[] =>
  Array.from({ length: hours + 1 }, (_, hour) => ({
    atMs: hour * hourMs,
    usedBytes: 1e9 + hour * perHour,
    freeBytes: free + (hours - hour) * perHour,
  }));

test('a steady growth gives the day on which the disk is full', () => {
  const forecast = forecastDisk(samples(48, 1e6, 240e6));
  expect(forecast?.bytesPerDay).toBeCloseTo(24e6, 0);
  expect(forecast?.fullAtMs).toBeCloseTo((48 + 240) * hourMs, -3);
  expect(forecast && sayForecast(forecast, '1970-01-13')).toBe('240 MB free, grows by 24 MB a day: full on 1970-01-13');
});

test('before a day of measuring nothing is claimed', () => {
  const forecast = forecastDisk(samples(20, 1e9, 1e9));
  expect(forecast).toEqual({ freeBytes: 1e9, bytesPerDay: null, fullAtMs: null });
  expect(forecast && sayForecast(forecast, null)).toContain('not known yet');
  expect(forecastDisk([])).toBeNull();
});

test('what shrinks, or grows for longer than anybody plans, has no date', () => {
  const shrinking = forecastDisk(samples(48, -1e6, 1e9));
  expect(shrinking?.fullAtMs).toBeNull();
  expect(shrinking && sayForecast(shrinking, null)).toBe('1 GB free, does not grow');
  const slow = forecastDisk(samples(48, 1_000, 1e12));
  expect(slow && sayForecast(slow, null)).toContain('not full within ten years');
});

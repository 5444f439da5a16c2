import { sayBytes } from '../words/say.ts';

/** The disks that are watched; they may be one. */
export const disks = ['database', 'artifacts'] as const;

/** How full a disk was at one moment. */
export interface DiskSample {
  readonly atMs: number;
  /** What the platform has written onto it. */
  readonly usedBytes: number;
  readonly freeBytes: number;
}

export interface DiskForecast {
  readonly freeBytes: number;
  /** Growth of what the platform has written, per day; null while it is not known. */
  readonly bytesPerDay: number | null;
  /** When the disk is full at this rate; null while that is not known, or when nothing grows. */
  readonly fullAtMs: number | null;
}

/** A day at least, or what the night does not write would be taken for the rate. */
const spanMsMin = 86_400_000;
const samplesMin = 6;
const dayMs = 86_400_000;
/** Beyond this, a date says more than anybody knows. */
const daysMax = 3_650;

/** The slope through all samples (least squares), from the newest on. Null without a sample. */
export function forecastDisk(samples: readonly DiskSample[]): DiskForecast | null {
  const sorted = samples.toSorted((left, right) => left.atMs - right.atMs);
  const first = sorted[0];
  const last = sorted.at(-1);
  if (first === undefined || last === undefined) return null;
  const { freeBytes } = last;
  if (sorted.length < samplesMin || last.atMs - first.atMs < spanMsMin)
    return { freeBytes, bytesPerDay: null, fullAtMs: null };
  const bytesPerDay = slopePerMs(sorted) * dayMs;
  const days = bytesPerDay > 0 ? freeBytes / bytesPerDay : Infinity;
  return { freeBytes, bytesPerDay, fullAtMs: days > daysMax ? null : last.atMs + days * dayMs };
}

/** `20 GB free, grows by 1.5 GB a day: full on 2026-12-03`; `fullOn` is the day of `fullAtMs`. */
export function sayForecast({ freeBytes, bytesPerDay }: DiskForecast, fullOn: string | null): string {
  const free = `${sayBytes(freeBytes)} free`;
  if (bytesPerDay === null) return `${free}; when it is full is not known yet: it takes a day of measuring`;
  if (bytesPerDay <= 0) return `${free}, does not grow`;
  const growth = `${free}, grows by ${sayBytes(bytesPerDay)} a day`;
  return fullOn === null ? `${growth}: not full within ten years` : `${growth}: full on ${fullOn}`;
}

function slopePerMs(samples: readonly DiskSample[]): number {
  const count = samples.length;
  const meanMs = samples.reduce((sum, { atMs }) => sum + atMs, 0) / count;
  const meanBytes = samples.reduce((sum, { usedBytes }) => sum + usedBytes, 0) / count;
  let covariance = 0;
  let variance = 0;
  for (const { atMs, usedBytes } of samples) {
    covariance += (atMs - meanMs) * (usedBytes - meanBytes);
    variance += (atMs - meanMs) ** 2;
  }
  return covariance / variance;
}

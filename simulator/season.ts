export const minuteMs = 60_000;
export const hourMs = 3_600_000;
export const dayMs = 86_400_000;

/** Monday, 5 January 2026, 00:00 UTC: the first instant of the world. */
export const worldStartMs = Date.UTC(2026, 0, 5);

/** The cardholders live one hour east of UTC; daylight saving is left out. */
export function localHourOf(atMs: number): number {
  return ((((atMs - worldStartMs) / hourMs + 1) % 24) + 24) % 24;
}

const hourly = normalise([
  0.18, 0.1, 0.07, 0.06, 0.08, 0.2, 0.5, 0.9, 1.1, 1.15, 1.2, 1.35, 1.5, 1.3, 1.15, 1.15, 1.3, 1.6, 1.8, 1.85, 1.7,
  1.35, 0.85, 0.4,
]);
const weekly = normalise([0.92, 0.93, 0.97, 1.02, 1.16, 1.12, 0.88]);

/** Largest product of the two factors: the bound for thinning. */
export const intensityMax = Math.max(...hourly) * Math.max(...weekly);

/** Traffic at that instant over its weekly mean: hour of day times day of week. */
export function intensityAt(atMs: number): number {
  const hour = hourly[Math.floor(localHourOf(atMs))] ?? 1;
  const day = weekly[Math.floor((atMs - worldStartMs + hourMs) / dayMs) % 7] ?? 1;
  return hour * day;
}

/** To a mean of one, so that rates mean what they say. */
function normalise(factors: readonly number[]): readonly number[] {
  const mean = factors.reduce((sum, factor) => sum + factor, 0) / factors.length;
  return factors.map((factor) => factor / mean);
}

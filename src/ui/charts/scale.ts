/** The numbers that a chart stands on: pure, so that they can be tested without a page. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  /** From low to high, evenly spaced. */
  readonly ticks: readonly number[];
}

/** A readable range around the values (steps of 1, 2, 2.5 or 5 times a power of ten), with 3 to 6 ticks. */
export function scaleOf(values: readonly number[], include: readonly number[] = []): Scale {
  const finite = [...values, ...include].filter(Number.isFinite);
  if (finite.length === 0) return { low: 0, high: 1, ticks: [0, 0.5, 1] };
  let min = Math.min(...finite);
  let max = Math.max(...finite);
  if (min === max) {
    const room = min === 0 ? 1 : Math.abs(min) * 0.1;
    min -= min === 0 ? 0 : room;
    max += room;
  }
  const step = stepOf((max - min) / 4);
  const low = Math.floor(min / step + 1e-9) * step;
  const high = Math.ceil(max / step - 1e-9) * step;
  const count = Math.max(1, Math.round((high - low) / step));
  return { low, high, ticks: Array.from({ length: count + 1 }, (_, i) => tidy(low + i * step)) };
}

function stepOf(rough: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const size = [1, 2, 2.5, 5, 10].find((nice) => rough <= nice * magnitude * (1 + 1e-9)) ?? 10;
  return size * magnitude;
}

/** Sums of steps carry dust in the last place. */
function tidy(x: number): number {
  return Number(x.toPrecision(12));
}

/** Where a value lies between low (0) and high (100), in percent with one decimal, clamped to the plot. */
export function place(value: number, low: number, high: number): number {
  if (high === low) return 50;
  return Math.round(Math.min(1, Math.max(0, (value - low) / (high - low))) * 1000) / 10;
}

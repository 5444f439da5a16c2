import type { Point } from './series.ts';

/** How a value becomes a place in the plot, in percent. */
export interface Placing {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

/** A gap ends the line; nothing is drawn across it. */
export function linePath(points: readonly Point[], x: Placing['x'], y: Placing['y']): string {
  let path = '';
  let isOpen = false;
  for (const point of points) {
    if (point.y === null) {
      isOpen = false;
      continue;
    }
    path += `${isOpen ? 'L' : 'M'}${x(point.x)} ${y(point.y)}`;
    isOpen = true;
  }
  return path;
}

export function bandPath(
  points: readonly { readonly x: number; readonly low: number; readonly high: number }[],
  x: Placing['x'],
  y: Placing['y'],
): string {
  if (points.length === 0) return '';
  const over = points.map((point) => `${x(point.x)} ${y(point.high)}`);
  const under = [...points].reverse().map((point) => `${x(point.x)} ${y(point.low)}`);
  return `M${[...over, ...under].join('L')}Z`;
}

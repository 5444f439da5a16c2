import { describeExtent, isRows, roundMs, type Extent } from '../words/extent.ts';
import { sayMany } from '../words/say.ts';

export interface Elapsed {
  readonly rows: number;
  readonly ms: number;
}

/** What has passed since a training; never negative, whatever clocks say. */
export function elapsedSince(
  last: { readonly atRows: number; readonly atMs: number },
  now: { readonly rowsServed: number; readonly nowMs: number },
): Elapsed {
  return { rows: Math.max(0, now.rowsServed - last.atRows), ms: Math.max(0, now.nowMs - last.atMs) };
}

/** In the unit of the extent that it is held against. */
export function sayElapsed(extent: Extent, elapsed: Elapsed): string {
  return isRows(extent) ? sayMany(elapsed.rows, 'row') : describeExtent({ ms: roundMs(elapsed.ms) });
}

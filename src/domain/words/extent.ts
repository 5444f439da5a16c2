/** A stretch of serving, declared in rows or in milliseconds. Rows make a result independent of the machine's speed. */
export type Extent = { readonly rows: number } | { readonly ms: number };

export function isRows(extent: Extent): extent is { readonly rows: number } {
  return 'rows' in extent;
}

/** True when `elapsed` has used up the extent. */
export function isUsedUp(extent: Extent, elapsed: { readonly rows: number; readonly ms: number }): boolean {
  return isRows(extent) ? elapsed.rows >= extent.rows : elapsed.ms >= extent.ms;
}

/** `500 rows`, `5 min`: for people. */
export function describeExtent(extent: Extent): string {
  if (isRows(extent)) return `${extent.rows} rows`;
  const { ms } = extent;
  if (ms < 1_000) return `${ms} ms`;
  if (ms < 60_000) return `${ms / 1_000} s`;
  if (ms < 3_600_000) return `${ms / 60_000} min`;
  if (ms < 86_400_000) return `${ms / 3_600_000} h`;
  return `${ms / 86_400_000} d`;
}

/** Rounds a time to two figures of the unit in which describeExtent will say it. */
export function roundMs(ms: number): number {
  const unit = [86_400_000, 3_600_000, 60_000, 1_000].find((size) => ms >= size) ?? 1;
  return (Math.round((ms / unit) * 10) * unit) / 10;
}

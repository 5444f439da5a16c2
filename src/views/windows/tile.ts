// Where windows begin and end. One rule for rows that come one by one and for many rows at once (offline/).

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/**
 * How long the tiles of a window are: 5 minutes up to 12 hours, an hour up to 12 days, a day above. A window is longer
 * than declared by less than one tile.
 */
export function tileMsOf(windowMs: number): number {
  if (windowMs <= 12 * hourMs) return 5 * minuteMs;
  return windowMs <= 12 * dayMs ? hourMs : dayMs;
}

/** The tile that an event lies in: tile `i` is `(i · tileMs, (i + 1) · tileMs]`. */
export function tileOf(eventMs: number, tileMs: number): number {
  return Math.ceil(eventMs / tileMs) - 1;
}

/** The first tile of the window that ends at a moment. The window is `(first · tileMs, atMs]`. */
export function firstTileOf(atMs: number, windowMs: number): number {
  return Math.floor((atMs - windowMs) / tileMsOf(windowMs));
}

/** The moments `[fromMs, untilMs)` around one whose windows begin with the same tile. */
export function momentsOfFirstTile(
  atMs: number,
  windowMs: number,
): { readonly fromMs: number; readonly untilMs: number } {
  const tileMs = tileMsOf(windowMs);
  const fromMs = firstTileOf(atMs, windowMs) * tileMs + windowMs;
  return { fromMs, untilMs: fromMs + tileMs };
}

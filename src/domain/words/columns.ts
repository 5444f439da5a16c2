/** Rows as lines whose columns stand below each other; the last column is left as it is. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  }
  return rows.map((row) =>
    row
      .map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

/** `2026-05-03 14:03:00`, UTC: short enough for a table. */
export function shortInstant(iso: string): string {
  return iso.slice(0, 19).replace('T', ' ');
}

/** A figure with at most four significant decimals, without a tail of zeros. */
export function figure(value: number): string {
  return String(Number(value.toFixed(4)));
}

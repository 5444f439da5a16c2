import { createRandom } from '../../src/statistics/numeric/random.ts';

export interface TinyRow {
  readonly cells: { readonly height: number | null; readonly width: number; readonly colour: string };
  readonly label: 'yes' | 'no';
}

export interface TinyTableOptions {
  readonly seed: string;
  readonly rows: number;
  /** From this row on the label follows the other feature: what was learned before is worth nothing. */
  readonly turnsAt?: number;
}

/** A small table with a clear pattern: the label follows `height` (and `colour` a little), one row in ten at random. */
export function tinyTable({ seed, rows, turnsAt = Infinity }: TinyTableOptions): readonly TinyRow[] {
  const random = createRandom(seed);
  return Array.from({ length: rows }, (_, row) => {
    const height = random.normal();
    const width = random.normal();
    const colour = ['red', 'green', 'blue'][random.integer(3)] ?? 'red';
    const signal = (row < turnsAt ? height : -width) + (colour === 'red' ? 0.3 : 0);
    const isYes = random.next() < 0.1 ? random.next() < 0.5 : signal > 0;
    const isMissing = random.next() < 0.02;
    return {
      cells: { height: isMissing ? null : Number(height.toFixed(4)), width: Number(width.toFixed(4)), colour },
      label: isYes ? 'yes' : 'no',
    };
  });
}

export function toCsv(rows: readonly TinyRow[]): string {
  const lines = rows.map(({ cells, label }) => `${cells.height ?? ''},${cells.width},${cells.colour},${label}`);
  return `height,width,colour,y\n${lines.join('\n')}\n`;
}

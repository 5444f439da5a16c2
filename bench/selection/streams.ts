import { createRandom } from '../../src/statistics/numeric/random.ts';

/** Of each stream. */
const rows = 12_000;

/** How much the target goes by the features, from 1 (as at first) to -1 (turned round), by the place of a row. */
const worlds: Readonly<Record<string, (row: number) => number>> = {
  stationary: () => 1,
  gradual: (row) => Math.cos((row / rows) * Math.PI),
  abrupt: (row) => (row < rows / 2 ? 1 : -1),
};

export const streamNames = Object.keys(worlds);

/**
 * A table of two classes as CSV, by its name: three numbers, of which two work together. The same text each time. Null
 * for a name that is none.
 */
export function streamCsv(name: string): string | null {
  const world = Object.hasOwn(worlds, name) ? worlds[name] : undefined;
  if (world === undefined) return null;
  const random = createRandom(name);
  const number = (): number => random.next() * 2 - 1;
  const lines = Array.from({ length: rows }, (_, row) => {
    const [a, b, c] = [number(), number(), number()];
    const score = 1.5 * (world(row) * (2 * a + 2 * b * c) + 0.5 * c);
    const label = random.next() < 1 / (1 + Math.exp(-score)) ? 'yes' : 'no';
    return `${a.toFixed(4)},${b.toFixed(4)},${c.toFixed(4)},${label}`;
  });
  return `a,b,c,y\n${lines.join('\n')}\n`;
}

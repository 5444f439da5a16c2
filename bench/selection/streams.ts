import { createRandom } from '../../src/statistics/numeric/random.ts';

/** Of each stream. */
const rows = 12_000;

/** What is true at a row. */
interface World {
  /** How much the target goes by the features, from 1 (as at first) to -1 (turned round). */
  readonly by: number;
  /** Log-odds by which all rows are more often positive than at first. */
  readonly level?: number;
  /** Share (0..1) of what the first feature says that the third says instead. */
  readonly moved?: number;
}

const worlds: Readonly<Record<string, (row: number) => World>> = {
  stationary: () => ({ by: 1 }),
  gradual: (row) => ({ by: Math.cos((row / rows) * Math.PI) }),
  abrupt: (row) => ({ by: row < rows / 2 ? 1 : -1 }),
};

/** Of these the benchmark of what a correction reads makes streams as well. */
const moreWorlds: typeof worlds = {
  recurring: (row) => ({ by: 1, moved: Math.floor(row / 2_000) % 2 }),
  moved: (row) => ({ by: 1, moved: row < rows / 2 ? 0 : 1 }),
  level: (row) => ({ by: 1, level: 1.5 * Math.sin((row / 3_000) * 2 * Math.PI) }),
};

export const streamNames = Object.keys(worlds);
export const moreStreamNames = [...streamNames, ...Object.keys(moreWorlds)];

/**
 * A table of two classes as CSV, by its name: three numbers, of which two work together. The same text each time. Null
 * for a name that is none.
 */
export function streamCsv(name: string, seed = 1): string | null {
  const all = { ...worlds, ...moreWorlds };
  const world = Object.hasOwn(all, name) ? all[name] : undefined;
  if (world === undefined) return null;
  const random = createRandom(seed === 1 ? name : `${name} ${seed}`);
  const number = (): number => random.next() * 2 - 1;
  const lines = Array.from({ length: rows }, (_, row) => {
    const [a, b, c] = [number(), number(), number()];
    const { by, level = 0, moved = 0 } = world(row);
    const score = level + 1.5 * (by * (2 * (a + moved * (c - a)) + 2 * b * c) + 0.5 * c);
    const label = random.next() < 1 / (1 + Math.exp(-score)) ? 'yes' : 'no';
    return `${a.toFixed(4)},${b.toFixed(4)},${c.toFixed(4)},${label}`;
  });
  return `a,b,c,y\n${lines.join('\n')}\n`;
}

import type { FootprintFigure, UndecidedAction } from '../closed-sets.ts';

/** What a core, and memory, cost: in the currency of whoever declares the limit. */
export interface FootprintPrice {
  readonly perCoreHour: number;
  /** Of the memory that the process held at most; left out, memory costs nothing. */
  readonly perGibHour?: number;
}

/**
 * What the candidate takes as a program, as the platform measures it on the file that is served. Exactly one of the
 * four limits; those against the champion are factors of what the champion took beside it.
 */
export interface FootprintGate {
  readonly gate: 'footprint';
  readonly figure: FootprintFigure;
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly atMostTimesChampion?: number;
  readonly atLeastTimesChampion?: number;
  /** Rows of one run, where the figure depends on it: 256 for `rowsPerCoreSecond`, 1 for `costPer1000`. */
  readonly batchRows?: number;
  /** Of `costPer1000` alone. */
  readonly price?: FootprintPrice;
  /** When the rounds do not decide: a person is asked (as usual), or the candidate waits for the next training. */
  readonly undecided: UndecidedAction;
}

export const footprintLimits = ['atMost', 'atLeast', 'atMostTimesChampion', 'atLeastTimesChampion'] as const;
export type FootprintLimit = (typeof footprintLimits)[number];

interface FigureRow {
  readonly title: string;
  /** Of the figure as it is declared and kept. */
  readonly unit: string;
  readonly better: 'lower' | 'higher';
  /**
   * What it hangs on. Whoever takes the core for a moment lengthens the `tail` of the latencies; the `core` time of the
   * process, and the median, hardly.
   */
  readonly by: 'tail' | 'core' | 'memory' | 'file';
  readonly batchRows?: number;
}

/** Every figure: words for people, and what disturbs it. */
export const footprintRows: { readonly [Name in FootprintFigure]: FigureRow } = {
  latencyP50Ms: { title: 'Median latency of a row', unit: 'ms', better: 'lower', by: 'core' },
  latencyP99Ms: { title: '99 % latency of a row', unit: 'ms', better: 'lower', by: 'tail' },
  rowsPerCoreSecond: { title: 'Rows per core and second', unit: 'rows', better: 'higher', by: 'core', batchRows: 256 },
  fileBytes: { title: 'Size of the file', unit: 'bytes', better: 'lower', by: 'file' },
  memoryBytes: { title: 'Peak memory', unit: 'bytes', better: 'lower', by: 'memory' },
  costPer1000: { title: 'Cost of 1,000 predictions', unit: '', better: 'lower', by: 'core', batchRows: 1 },
};

/** Rows of one run of the figure that a gate asks for; null where it does not depend on them. */
export function batchRowsOf({ figure, batchRows }: FootprintGate): number | null {
  const usual = footprintRows[figure].batchRows;
  return usual === undefined ? null : (batchRows ?? usual);
}

/** The limit that a gate declares; the first, if it were several, which `checkSpec` refuses. */
export function limitOf(gate: FootprintGate): { readonly value: number; readonly isOfChampion: boolean } {
  const name = footprintLimits.find((limit) => gate[limit] !== undefined) ?? 'atMost';
  return { value: gate[name] ?? Number.NaN, isOfChampion: name.endsWith('TimesChampion') };
}

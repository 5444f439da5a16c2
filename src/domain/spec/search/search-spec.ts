import type { Distribution } from './distribution.ts';

export const samplers = ['random', 'grid', 'tpe'] as const;
export type Sampler = (typeof samplers)[number];

/** Settings of a family of which some are searched. What is left out is usual for the family, and is not searched. */
export type Searched<Settings> = {
  readonly [Name in keyof Settings]?: Settings[Name] | Distribution;
};

/** How a search goes, whatever it searches. */
export interface SearchRules {
  /** How the next settings are chosen: by chance, all there are, or where earlier trials were good. */
  readonly sampler: Sampler;
  /** Settings that are tried at most. */
  readonly trialsMax: number;
  /**
   * Trials that are under way together, and chosen together: what is chosen depends on it, so it is declared and not
   * found on a machine.
   */
  readonly parallel: number;
  /** Most trials see a share of the training rows; the best of them see more. Absent: each sees all of them. */
  readonly halving?: {
    /** Shares that are tried, the last one all rows: with 3 and a factor of 3, a ninth, a third, all. */
    readonly rungs: number;
    /** One of so many goes on. */
    readonly factor: number;
  };
  /** Processor time of all trials together, ms; none are begun beyond it. */
  readonly computeMsMax?: number;
  /** The same in money. */
  readonly cost?: { readonly perHour: number; readonly max: number };
  /** The mean of several trials answers where it is proven better than the best of them. Absent: the best one alone. */
  readonly ensemble?: {
    /** Trials that have a part in it, at most. */
    readonly membersMax: number;
  };
}

export const searchBounds = {
  trials: { min: 1, max: 500 },
  parallel: { min: 1, max: 16 },
  rungs: { min: 2, max: 5 },
  factor: { min: 2, max: 5 },
  computeMs: { min: 1_000, max: 30 * 24 * 3_600_000 },
  cost: { max: 1e9 },
  members: { min: 2, max: 10 },
} as const;

export const usualRules: SearchRules = { sampler: 'tpe', trialsMax: 30, parallel: 2 };

/** What is searched where a search is asked for and no family is named. */
export const usualFamilies = {
  gbdt: {
    treesMax: 1_000,
    learningRate: { of: 'logUniform', low: 0.01, high: 0.3 },
    leavesMax: { of: 'logInteger', low: 7, high: 127 },
    rowsPerLeafMin: { of: 'logInteger', low: 5, high: 200 },
    l2: { of: 'logUniform', low: 0.01, high: 100 },
  },
  linear: { l2: { of: 'logUniform', low: 0.001, high: 1_000 } },
} as const satisfies Record<string, Readonly<Record<string, number | Distribution>>>;

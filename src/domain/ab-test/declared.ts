import type { AbTestHorizon, AbTestJudgement } from './ab-test.ts';

/** What a person asked for, with every default filled in. */
export interface DeclaredAbTest {
  /** Without the control, which is the champion at the start. */
  readonly versions: readonly number[];
  /** Of all entities, 0 < percent <= 50; the arms have equal shares of it. */
  readonly sharePercent: number;
  readonly metric: string;
  readonly better: 'higher' | 'lower';
  readonly bounds: readonly [lowest: number, highest: number];
  readonly horizon: AbTestHorizon;
  /** Of the comparison with the control; stopping an arm for its failures has another error, `harmAlpha`. */
  readonly alpha: number;
  readonly effectMin: number;
  /** It ends after so many days, whatever is known by then. */
  readonly daysMax: number;
  /** Between two looks; one at which nothing has come is left out. */
  readonly lookMs: number;
}

/** An arm as it stands. */
export interface TestedArm {
  /** `control`, or `v7`. */
  readonly name: string;
  readonly version: number;
  readonly weight: number;
  /** Entities that were given to it, whoever answered them. */
  readonly assigned: number;
  /** Entities of which a row failed. */
  readonly failures: number;
  /** The last row before it was stopped for its failures; null while it answers. */
  readonly stoppedSeq: number | null;
  /** Why; null while it answers. */
  readonly why: string | null;
}

/** Evidence that an arm fails more often than the control. */
export interface ArmHarm {
  readonly arm: string;
  readonly eValue: number;
  /** Where the arm is stopped. */
  readonly boundary: number;
}

/** What the last look found. */
export interface AbTestStanding {
  readonly judgement: AbTestJudgement;
  readonly harm: readonly ArmHarm[];
  readonly throughSeq: number;
  readonly matureSeq: number;
  /** Through which row labels have come. */
  readonly maturity: string;
}

import type { ExperimentStanding } from '../../domain/training/experiment/experiment.ts';
import type { CommandReceipt } from './client-views.ts';

/** Which experiment was begun, and its run. */
export interface ExperimentReceipt extends CommandReceipt {
  readonly runId: string;
  readonly number: number;
}

/** Signed so that positive is better. */
export interface ExperimentDifference {
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
}

/** One definition of an experiment; what is not known yet is null. */
export interface ExperimentCandidate {
  readonly name: string;
  readonly specDigest: string;
  readonly standing: ExperimentStanding | null;
  /** Candidate minus the best one; bounds hold for all candidates together. */
  readonly difference: ExperimentDifference | null;
  readonly family: string | null;
  readonly trees: number | null;
  readonly metrics: Readonly<Record<string, number>>;
  readonly intervals: Readonly<Record<string, { readonly lower: number; readonly upper: number }>>;
  readonly rows: { readonly training: number; readonly validation: number; readonly test: number } | null;
  readonly inputs: number;
  readonly fileBytes: number | null;
  readonly latencyUs: number | null;
  readonly fitMs: number | null;
  readonly reason: string | null;
  readonly changes: readonly {
    readonly path: string;
    readonly before: string | null;
    readonly after: string | null;
  }[];
}

/** One experiment with its candidates, the best first. */
export interface ExperimentDetail {
  readonly model: string;
  readonly number: number;
  readonly runId: string;
  readonly status: string;
  readonly text: string | null;
  readonly best: string | null;
  readonly metric: string;
  readonly snapshot: string;
  readonly startedBy: string;
  readonly reason: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly alpha: number | null;
  readonly testRows: number | null;
  readonly candidates: readonly ExperimentCandidate[];
  readonly champion: {
    readonly version: number;
    readonly metrics: Readonly<Record<string, number>>;
    readonly unseenRows: number;
    readonly difference: ExperimentDifference | null;
  } | null;
}

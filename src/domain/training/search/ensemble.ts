import type { OwnSpec, SearchSpec } from '../../spec/trainer-spec.ts';
import { byLoss } from './next-trials.ts';
import { lossOf, type TrialDone } from './trial.ts';

/** Trials among which members are chosen: each is looked at in every step of the choice. */
const candidatesMax = 25;

/** A trial whose fit may be a member. */
export interface EnsembleTrial {
  readonly number: number;
  readonly settings: OwnSpec;
}

/** A trial whose fit is one. */
export interface EnsembleMember extends EnsembleTrial {
  /** Share of the mean, above 0; all of them sum to 1. */
  readonly weight: number;
}

/** What a fit is asked for: to choose among trials, the best one first, or to take members that were chosen. */
export type EnsembleAsk =
  | { readonly membersMax: number; readonly trials: readonly EnsembleTrial[] }
  | { readonly members: readonly EnsembleMember[] };

/** What became of an ensemble that a definition asks for. */
export interface Ensemble {
  readonly isTaken: boolean;
  /** Why the best trial alone was taken, as a sentence without a full stop; absent where the ensemble was. */
  readonly why?: string;
  /** As they were chosen, taken or not; none where nothing was chosen. */
  readonly members: readonly EnsembleMember[];
  /** Absent where nothing was compared. */
  readonly held?: {
    /** Validation rows that had no part in the choice. */
    readonly rows: number;
    /** Mean loss on them, as the trainer is declared to minimise it (of a value: the squared error). */
    readonly loss: number;
    readonly lossOfBest: number;
  };
}

/** Those that saw the most rows, the best one first, 25 at most; null where the definition asks for no ensemble. */
export function ensembleOf(search: SearchSpec, done: readonly TrialDone[]): EnsembleAsk | null {
  if (search.ensemble === undefined) return null;
  const last = done.reduce((rung, each) => Math.max(rung, lossOf(each) === null ? -1 : each.rung), -1);
  const trials = byLoss(done.filter(({ rung }) => rung === last)).slice(0, candidatesMax);
  return {
    membersMax: search.ensemble.membersMax,
    trials: trials.map(({ number, settings }) => ({ number, settings })),
  };
}

import type { EntityCommand } from './messages.ts';
import type { GuardAction, HoldEnd, StepPoint } from '../spec/closed-sets.ts';
import type { WorkerFit } from '../training/workers/fit-external.ts';
import type { RolloutKey } from '../words/ids.ts';

/** What a training run is started with: identities and a queue, never rows and never the whole spec. */
export interface TrainInput {
  readonly model: string;
  readonly number: number;
  readonly runId: string;
  readonly specRevision: number;
  /**
   * Labelled traffic up to the end of this window is used: the cut-off, never "now". Absent: from the source alone.
   * It is read by `trafficThrough`.
   */
  readonly throughWindow?: number;
  readonly trigger: string;
  readonly taskQueue: string;
  /** False ends with the version. */
  readonly rollout: boolean;
  /** Points at which its definition asks user steps; absent for none, and in older histories. */
  readonly userSteps?: readonly StepPoint[];
  /** Of a trainer that is a worker of somebody else; absent for every other one, and in older histories. */
  readonly worker?: WorkerFit;
  /** Trials choose what is fitted; absent where the definition says it, and in older histories. */
  readonly search?: true;
}

/** The cut-off of a training's traffic; null when it trains from the source alone, which older histories say as 0. */
export function trafficThrough({ throughWindow }: Pick<TrainInput, 'throughWindow'>): number | null {
  return throughWindow === undefined || throughWindow < 1 ? null : throughWindow;
}

export interface IngestInput {
  readonly model: string;
  readonly specRevision: number;
  readonly sourceDigest: string;
  readonly runId: string;
}

export interface RolloutInput {
  readonly key: RolloutKey;
  readonly runId: string;
  /** Null: the model has no champion, so there is nobody to compare with. */
  readonly baseVersion: number | null;
  readonly steps: readonly RolloutStep[];
  readonly needsPerson: boolean;
  readonly holdMsMax: number;
  readonly ackTimeoutMs: number;
  /** Where a continued run goes on (0 when absent). */
  readonly fromStep?: number;
  /** What becomes of a hold that nobody answers; absent: it is taken out. */
  readonly atHoldDeadline?: HoldEnd;
  /** A continued run that is held goes on being held. */
  readonly held?: { readonly reason: string; readonly evidenceId: number | null };
  /** Points at which its definition asks user steps; absent for none, and in older histories. */
  readonly userSteps?: readonly StepPoint[];
}

export interface RolloutStep {
  readonly name: string;
  readonly percent: number;
  readonly extentText: string;
}

/** What a rollout says of itself before it begins. */
export interface PreflightAnswer {
  readonly text: string;
  /** Why it does not begin without a person, and what would mend that. */
  readonly refusal: string | null;
}

export interface AbTestInput {
  readonly model: string;
  /** Which A/B test of the model it is, from 1. */
  readonly number: number;
}

/** `still`: it goes on waiting, for what the reason says. */
export type AbTestOutcome =
  | { readonly outcome: 'begun' }
  | { readonly outcome: 'still' | 'ended'; readonly reason: string };

export interface GuardInput {
  readonly model: string;
  readonly version: number;
  readonly predecessor: number;
  readonly pollMs: number;
  readonly action: GuardAction;
  /** The routing revision at which a person put it in charge; absent after its first rollout. */
  readonly moved?: number;
  /** Rows above this position are answers of this champion; absent in older histories: those after its rollout. */
  readonly afterSeq?: number;
}

/** The guard of a new champion, and the guards that it leaves without a champion to guard. */
export interface GuardPlan extends GuardInput {
  /** Ids of their workflows; absent in older histories: that of the predecessor. */
  readonly superseded?: readonly string[];
}

export interface Person {
  readonly commandId: string;
  readonly by: string;
  readonly reason: string;
  readonly rollout: boolean;
}

export type DecideAnswer =
  | { readonly retrain: true; readonly training: TrainInput; readonly specRevision: number; readonly blockedBy: null }
  | { readonly retrain: false; readonly blockedBy: string | null; readonly specRevision: number };

export interface EntityFacts {
  readonly pausedBy: string | null;
  readonly running: readonly string[];
  /** Awaited runs that have ended. */
  readonly ended: readonly string[];
  readonly undecidedWindows: readonly number[];
  /** Commands that were accepted and of which nothing has come; absent in older histories. */
  readonly unperformed?: readonly EntityCommand[];
  readonly neverTrained: boolean;
  readonly specRevision: number;
}

export type RunOutcome =
  | { readonly state: 'running' }
  | { readonly state: 'over' }
  /** `attempt` is absent in older histories: the first. */
  | { readonly state: 'version-ready'; readonly version: number; readonly attempt?: number }
  | { readonly state: 'promoted'; readonly rollout: RolloutKey };

export interface SnapshotRef {
  readonly digest: string;
  readonly rows: number;
  readonly quarantinedRows: number;
}

export interface TrainedArtifacts {
  /** Digest of the stored TrainReport. */
  readonly reportDigest: string;
  readonly modelDigest: string;
  readonly profileDigest: string;
  readonly testScoresDigest: string;
  /** Digest of the stored FootprintOutcome; absent where no gate asked for one. */
  readonly footprintDigest?: string;
}

export type StepOutcome =
  | { readonly outcome: 'still' }
  | { readonly outcome: 'step-done' }
  | {
      readonly outcome: 'stop';
      readonly reason: string;
      readonly evidenceId: number | null;
      /** Who says to have aborted it, and by which command (null for none); absent when the evidence stops it. */
      readonly by?: string;
      readonly commandId?: string | null;
    }
  | {
      readonly outcome: 'promote';
      readonly reason: string;
      readonly evidenceId: number | null;
      /** The approval of a person; absent when the evidence promotes. */
      readonly commandId?: string;
    }
  | { readonly outcome: 'hold'; readonly reason: string; readonly evidenceId: number | null }
  | { readonly outcome: 'gone'; readonly reason: string };

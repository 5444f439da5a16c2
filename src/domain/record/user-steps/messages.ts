import type { StepFailureAction, StepPoint } from '../../spec/closed-sets.ts';
import type { UserStepSpec } from '../../spec/user-steps/user-step-spec.ts';
import type { RolloutKey } from '../../words/ids.ts';
import type { SnapshotRef, TrainedArtifacts } from '../runs.ts';

/** The form of what a step is given and answers; a later one is another number. */
export const stepFormatVersion = 1;

/**
 * What a user step is given: identities, digests and figures, never rows and never a secret. It lands in the history of
 * a workflow. Members beyond the first seven are there where the point has them.
 */
export interface StepInput<Settings = Readonly<Record<string, unknown>>> {
  readonly formatVersion: 1;
  readonly point: StepPoint;
  /** The name of the step, which is that of the activity. */
  readonly step: string;
  readonly model: string;
  /** The run that asks: `train/fraud/3`, `rollout/fraud/2/1`. With point and step it names the call, however often. */
  readonly run: string;
  /** Of the definition. */
  readonly specRevision: number;
  readonly settings: Settings;
  /** Points of a training: what it learns from, by the digests of its snapshots. */
  readonly snapshots?: readonly SnapshotRef[];
  /** `evaluate`: the version-to-be, by the digests under which the artifact store holds its files (SHA-256, hex). */
  readonly artifacts?: StepArtifacts;
  /** Points of a rollout: the version that is rolled out. */
  readonly version?: number;
  /** From `evaluate` on: who is, or was, champion; null where there is none. */
  readonly champion?: number | null;
  /** From `evaluate` on: what the platform measured. */
  readonly report?: StepReport;
}

export interface StepArtifacts {
  readonly model: string;
  readonly profile: string;
  readonly testScores: string;
  readonly report: string;
}

export interface StepReport {
  readonly family: string;
  /** At which a probability becomes a yes; null where the task has no decision of two. */
  readonly threshold: number | null;
  readonly rows: Readonly<Record<string, number>>;
  /** On the test rows, by the names of docs/sdk.md. */
  readonly testMetrics: Readonly<Record<string, number>>;
}

/**
 * What a user step may answer; an activity that returns nothing answers `{}`. At `evaluate` a verdict is needed.
 * Anything else is a failure of the step.
 */
export interface StepResult {
  readonly verdict?: StepVerdict;
  /** At most 2,000 characters. */
  readonly text?: string;
  /** At most 50 finite numbers. */
  readonly metrics?: Readonly<Record<string, number>>;
}

/** Of an answer as JSON: what is longer is a failure of the step. */
export const answerCharsMax = 16_384;

export const stepVerdicts = ['pass', 'fail'] as const;
export type StepVerdict = (typeof stepVerdicts)[number];

/** Of a call: `none` where it gave no answer that could be read, or at `evaluate` no verdict. */
export const stepCallVerdicts = [...stepVerdicts, 'none'] as const;
export type StepCallVerdict = (typeof stepCallVerdicts)[number];

/** What a workflow asks of the steps of a point; what it does not have is read where it is stored. */
export interface UserStepsAsk {
  readonly point: StepPoint;
  readonly model: string;
  readonly runId: string;
  /** Of a training; a rollout has that of its row. */
  readonly specRevision?: number;
  readonly snapshots?: readonly SnapshotRef[];
  readonly trained?: TrainedArtifacts;
  readonly rollout?: RolloutKey;
}

/** One step, ready to be asked. */
export interface PlannedStep {
  readonly step: Omit<UserStepSpec, 'settings'>;
  readonly input: StepInput;
}

/** What came of asking: the raw answer, or why there is none. */
export type StepSaid = { readonly result: unknown } | { readonly failure: string };

/** What a call comes to; a history keeps it. */
export interface StepOutcomeSaid {
  readonly name: string;
  readonly onFailure: StepFailureAction;
  readonly verdict: StepCallVerdict;
  /** One sentence, or what the step said. */
  readonly text: string;
  readonly evidenceId: number;
}

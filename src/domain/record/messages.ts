import type { ExperimentInput } from './experiment/experiment-start.ts';
import type { ReproduceInput } from './reproduction/reproduction.ts';
import type { RolloutKey } from '../words/ids.ts';

/**
 * What people and processes say to a running workflow. A command is first a row in Postgres (authorised, with a unique
 * id); the Update carries that id. An Update without one was typed into the Temporal Web UI: only `pause`, `abort` and
 * `rollback` are then accepted, and audited as unauthenticated.
 */
export const commandKinds = [
  'apply',
  'retrain',
  'rollback',
  'pause',
  'resume',
  'approve',
  'abort',
  'promote',
  'freeze',
  'thaw',
  'kill',
  'import',
  'apply-view',
  'annotate',
  'close-alert',
  'set-hold',
  'release-hold',
  'reset-best',
  'undo-correction',
  'resume-correction',
  'start-ab-test',
  'stop-ab-test',
  'delegate-approval',
  'revoke-delegation',
  'reset',
  'fix-quarantine',
  'drop-quarantine',
  'replay-quarantine',
  'erase',
  'lift-erasure',
  'tag-snapshot',
  'publish-snapshot',
  'unpublish-snapshot',
  'subscribe',
  'unsubscribe',
  'branch-snapshot',
  'unbranch-snapshot',
  'allow-leakage',
  'revoke-leakage',
  'reproduce',
  'experiment',
] as const;
export type CommandKind = (typeof commandKinds)[number];

/** Rows of the table of commands: `request` keeps the answer to one that is no command of a model. */
export const storedCommandKinds = [...commandKinds, 'request'] as const;

/** Commands that a workflow carries out: their rows say when. Every other one is done before it is answered. */
export const deliveredCommandKinds = [
  'apply',
  'retrain',
  'rollback',
  'promote',
  'pause',
  'resume',
  'approve',
  'abort',
] as const satisfies readonly CommandKind[];

/** A person's word to the rollout that holds the model's slot. */
export const rolloutCommandKinds = ['approve', 'abort'] as const satisfies readonly CommandKind[];
export type RolloutCommandKind = (typeof rolloutCommandKinds)[number];

export interface CommandMessage {
  /** Id of the command row; null for a word typed into the Temporal Web UI. */
  readonly commandId: string | null;
  readonly actor: string;
  readonly reason: string;
}
export interface ApplyMessage extends CommandMessage {
  readonly specRevision: number;
}
export interface RetrainMessage extends CommandMessage {
  /** False ends with the version: an experiment, compared but not released. */
  readonly rollout: boolean;
}
export interface RollbackMessage extends CommandMessage {
  /** Null means the champion before this one. */
  readonly toVersion: number | null;
}

/** The handler records and returns; what comes of it is read from Postgres. */
export interface CommandReceipt {
  readonly accepted: true;
  readonly text: string;
}

export type Command =
  | { readonly kind: 'apply'; readonly model: string; readonly message: ApplyMessage }
  | { readonly kind: 'retrain'; readonly model: string; readonly message: RetrainMessage }
  | { readonly kind: 'rollback'; readonly model: string; readonly message: RollbackMessage }
  | { readonly kind: 'pause' | 'resume'; readonly model: string; readonly message: CommandMessage }
  | {
      readonly kind: RolloutCommandKind;
      readonly model: string;
      readonly rollout: RolloutKey;
      readonly message: CommandMessage;
    };

/** What the entity of a model carries out by itself; the rest goes to its rollout. */
export type EntityCommand = Exclude<Command, { readonly kind: RolloutCommandKind }>;

/** How commands reach workflows; implemented over Temporal, declared here so that verbs do not import it. */
export interface CommandBus {
  /**
   * Delivers once per command id (a repeated delivery of the same id changes nothing). Throws PerennialError `conflict`
   * with the validator's sentence, or `unavailable`.
   */
  deliver(command: Command): Promise<CommandReceipt>;
  /** Starts the model's entity if it does not run. Idempotent. */
  ensureModel(model: string): Promise<void>;
  /** Web UI address of a workflow id. */
  uiUrl(workflowId: string): string;
  /**
   * Tells workflows that Postgres was changed without them. Never throws and waits for a few seconds at most; false
   * when Temporal did not take it, which delays and never loses: they re-read Postgres by themselves.
   */
  nudge(news: Nudge): Promise<boolean>;
  /** The activities of a run in the order of its history. Throws `not_found` when Temporal does not know the run. */
  steps(runId: string): Promise<readonly RunStep[]>;
  /**
   * Starts the run again from before an event of its history. Idempotent by `requestId`. Throws `conflict` with
   * Temporal's sentence.
   */
  reset(command: {
    readonly runId: string;
    readonly beforeEventId: number;
    readonly requestId: string;
    readonly reason: string;
  }): Promise<void>;
}

/**
 * What a model is told to look at: a window that wants a decision, a training that a person has started again, the run
 * of a version of which a person has opened another rollout, or when a trigger that needs no traffic was found to fire.
 */
export type WindowDue = DueOf<{ readonly window: number }> | ({ readonly window: null } & DueWithoutWindow);
type DueWithoutWindow =
  | DueOf<{ readonly resetRunId: string }>
  | DueOf<{ readonly openedRunId: string }>
  | DueOf<{ readonly dueAtMs: number }>;
/** Exactly these members of those that there are. */
type DueOf<Members> = Members & {
  readonly [Name in Exclude<'resetRunId' | 'openedRunId' | 'dueAtMs', keyof Members>]?: never;
};

/**
 * Something worth another look of a model, a rollout that was closed without its workflow, or an A/B test, an erasure,
 * a reproduction or an experiment that was written down and has no run yet.
 */
export type Nudge =
  | ({ readonly model: string } & WindowDue)
  | { readonly endedRollout: RolloutKey }
  | { readonly erasureId: string }
  | { readonly abTest: { readonly model: string; readonly number: number } }
  | { readonly reproduction: ReproduceInput }
  | { readonly experiment: ExperimentInput };

/** One activity of a run; `eventId` is the completed workflow task before it, which is what Temporal resets to. */
export interface RunStep {
  readonly eventId: number;
  readonly name: string;
  readonly at: string;
}

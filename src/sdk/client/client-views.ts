import type { AlertSeverity, RunKind, RunStatus, VersionStatus } from '../../domain/record/closed-sets.ts';
import type { RolloutStatus, Stage } from '../../domain/rollout/routing.ts';

// Answers of the control API as this client reads them; instants are ISO 8601 text in UTC. A server may send more. They
// are written out, so that a user's compiler needs no other package; a test holds them to the server's own types.

/** One execution of a workflow, under the same id as in the Temporal Web UI. */
export interface RunState {
  readonly runId: string;
  readonly model: string;
  readonly kind: RunKind;
  readonly status: RunStatus;
  readonly trigger: string | null;
  readonly detail: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

export interface RunDetail extends RunState {
  readonly input: Readonly<Record<string, unknown>>;
  readonly output: Readonly<Record<string, unknown>> | null;
  /** Address in the Temporal Web UI. */
  readonly link: string | null;
}

export interface ChampionState {
  readonly version: number | null;
  readonly since: string;
  readonly actor: string;
  readonly why: string;
  readonly evidenceId: number | null;
}

export interface RolloutState {
  readonly version: number;
  readonly attempt: number;
  readonly status: RolloutStatus;
  readonly step: number | null;
  readonly steps: number;
  readonly waitsFor: string | null;
  readonly reason: string | null;
  readonly startedAt: string;
  readonly heldSince: string | null;
  readonly endedAt: string | null;
}

export interface AlertState {
  readonly alertId: number;
  readonly model: string;
  readonly kind: string;
  readonly subject: string;
  readonly severity: AlertSeverity;
  readonly title: string;
  readonly body: string;
  readonly openedAt: string;
  readonly closedAt: string | null;
}

/** One model as it stands now. */
export interface ModelStatus {
  readonly model: string;
  readonly owner: string;
  readonly useCase: string;
  readonly specRevision: number;
  readonly paused: { readonly by: string; readonly reason: string } | null;
  readonly stage: Stage;
  readonly champion: ChampionState | null;
  readonly challenger: { readonly version: number; readonly percent: number } | null;
  readonly rollout: RolloutState | null;
  readonly predictions: number;
  readonly labels: number;
  /** What the last judged window says of a criterion of success that is a metric; null for words. */
  readonly success: {
    readonly window: number;
    readonly verdict: 'met' | 'not-met' | 'not-yet';
    readonly value: number | null;
    readonly lower: number | null;
    readonly upper: number | null;
    readonly text: string;
  } | null;
  /** What the last judged window says has drifted and by what; null where no test fired. */
  readonly drift: {
    readonly window: number;
    readonly kinds: readonly ('covariate' | 'prediction' | 'label' | 'concept')[];
    readonly text: string;
    readonly causes: readonly {
      readonly feature: string;
      readonly effect: number;
      readonly answerShare: number | null;
    }[];
  } | null;
  /** What the last judged window says beside the best champion ever; null where the champion itself is the best. */
  readonly best: {
    readonly window: number;
    readonly verdict: 'near' | 'far-below' | 'unclear' | 'insufficient';
    readonly version: number;
    readonly bestLoss: number;
    readonly recentLoss: number | null;
    readonly relativeRise: number | null;
    readonly text: string;
  } | null;
  /** Features beside the reference of the best champion; null where the champion is the best, or there is none. */
  readonly bestWorld: {
    readonly window: number;
    readonly verdict: 'alike' | 'moved' | 'insufficient';
    readonly version: number;
    readonly features: readonly { readonly name: string; readonly effect: number; readonly drifted: boolean }[];
    readonly text: string;
  } | null;
  /** Whether labels of mature rows are distributed as when trained; null where that is not judged at all. */
  readonly labelDrift: {
    readonly window: number;
    readonly verdict: 'stable' | 'drift' | 'insufficient';
    readonly rows: number;
    readonly pValue: number | null;
    readonly effect: number | null;
    readonly part: { readonly label: string; readonly now: number; readonly before: number } | null;
    readonly text: string;
  } | null;
  /** That quality has decayed by the last judged window, and where it rose; null where it has not. */
  readonly decay: {
    readonly window: number;
    readonly recentLoss: number | null;
    readonly referenceLoss: number | null;
    readonly relativeRise: number | null;
    readonly causes: readonly {
      readonly name: string;
      readonly kind: 'feature' | 'slice';
      readonly part: string;
      readonly rowShare: number;
      readonly shareOfRise: number;
    }[];
    readonly text: string;
  } | null;
  /** The declared slices in the last judged window; null where none is declared. */
  readonly slices: {
    readonly window: number;
    readonly verdict: 'steady' | 'decayed' | 'insufficient';
    readonly slices: readonly {
      readonly name: string;
      readonly rows: number;
      readonly rowShare: number;
      readonly missingShare: number | null;
      readonly scoreMean: number | null;
      readonly metric: string;
      readonly labelledRows: number;
      readonly value: number | null;
      readonly lower: number | null;
      readonly upper: number | null;
      readonly decay: { readonly verdict: 'steady' | 'decayed' | 'insufficient' } | null;
    }[];
    readonly text: string;
  } | null;
  /** What the last judged window is expected to be worth before its labels come; null for values. */
  readonly estimate: {
    readonly window: number;
    readonly metric: string;
    readonly trust: 'trusted' | 'not-yet' | 'not-trusted';
    readonly estimated: number | null;
    readonly lower: number | null;
    readonly upper: number | null;
    readonly compared: number;
    readonly within: number;
    readonly text: string;
  } | null;
  /** What each declared proxy says of the last judged window. */
  readonly proxies: readonly {
    readonly window: number;
    readonly name: string;
    readonly meaning: string;
    readonly verdict: 'steady' | 'worse' | 'insufficient';
    readonly agreement: 'agrees' | 'not-yet' | 'does-not-agree';
    readonly rows: number;
    readonly coverage: number;
    readonly mean: number | null;
    readonly lower: number | null;
    readonly upper: number | null;
    readonly text: string;
  }[];
  /** How labels came by the last judged window: through which row verdicts look, and which share never comes. */
  readonly labelArrival: {
    readonly window: number;
    readonly matureSeq: number;
    readonly delayRows: number | null;
    readonly coverage: number;
    readonly neverShare: number | null;
    readonly text: string;
  } | null;
  readonly lastDecision: {
    readonly key: string;
    readonly retrain: boolean;
    readonly reason: string;
    readonly at: string;
  } | null;
  readonly running: readonly RunState[];
  readonly openAlerts: readonly AlertState[];
  readonly link: string | null;
}

export interface ModelMove {
  readonly moveId: number;
  readonly alias: string;
  readonly fromVersion: number | null;
  readonly toVersion: number | null;
  readonly actor: string;
  readonly why: string;
  readonly at: string;
}

export interface ModelVersion {
  readonly version: number;
  readonly status: VersionStatus;
  readonly family: string | null;
  readonly runId: string;
  readonly specRevision: number;
  readonly labelledRows: number;
  readonly threshold: number | null;
  readonly metrics: Readonly<Record<string, number>>;
  readonly gateVerdict: string;
  readonly createdAt: string;
}

export interface ModelDecision {
  readonly key: string;
  readonly windowNumber: number | null;
  readonly retrain: boolean;
  readonly trigger: string | null;
  readonly blockedBy: string | null;
  readonly reason: string;
  readonly runId: string | null;
  readonly at: string;
}

/** What happened to a model, and why; latest first. */
export interface ModelHistory {
  readonly model: string;
  readonly moves: readonly ModelMove[];
  readonly versions: readonly ModelVersion[];
  readonly decisions: readonly ModelDecision[];
  readonly runs: readonly RunState[];
  readonly alerts: readonly AlertState[];
}

/** What was said of pushed rows, one verdict each; those that break a rule are kept and set aside. */
export interface PushReceipt extends RowsReceipt {
  readonly model: string;
}

/** The same of rows of a feature view. */
export interface ViewPushReceipt extends RowsReceipt {
  readonly view: string;
}

interface RowsReceipt {
  readonly specRevision: number;
  readonly accepted: number;
  readonly quarantined: number;
  readonly rows: readonly (
    | { readonly verdict: 'accepted' }
    | { readonly verdict: 'quarantined'; readonly rules: readonly string[] }
  )[];
}

/** A command was recorded; what comes of it is read from the status, or followed with `watchRun`. */
export interface CommandReceipt {
  readonly commandId: string;
  readonly model: string;
  readonly kind: string;
  readonly text: string;
  readonly link: string | null;
}

/** One lifecycle event, CloudEvents 1.0; `perennialseq` is its place in the feed. */
export interface LifecycleEvent {
  readonly specversion: string;
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject?: string;
  readonly time?: string;
  readonly perennialseq?: number;
  readonly data?: unknown;
}

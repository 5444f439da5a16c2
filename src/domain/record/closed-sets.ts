// Words that a stored row may hold, each set once: the columns of the database, the schemas at the edges, the choices
// of the pages and the table in docs/api.md derive from these. Those of routing and rollouts stand in
// `src/domain/rollout/routing.ts`, those of a definition in `src/domain/spec/closed-sets.ts`.

/** Runs that Temporal executes under their own id. */
export const workflowRunKinds = ['ingest', 'train', 'rollout', 'guard', 'ab-test', 'reproduce', 'experiment'] as const;
/** Imports and replays are done by the process that was asked, and followed like the others. */
export const runKinds = [...workflowRunKinds, 'import', 'replay'] as const;
export type RunKind = (typeof runKinds)[number];
/** Runs that read the files of snapshots as long as they last, and may store what they have read. */
export const readingRunKinds = ['ingest', 'train', 'experiment', 'reproduce'] as const satisfies readonly RunKind[];

/** How a run stands; `lost` is one that Temporal does not know any more. */
export const runStatuses = ['running', 'completed', 'failed', 'cancelled', 'lost'] as const;
export type RunStatus = (typeof runStatuses)[number];

/** Ends after which a run may be started again under its id. */
export const runStatusesWithoutResult = ['failed', 'cancelled', 'lost'] as const satisfies readonly RunStatus[];

/** `experiment`: compared and, by its trainer's wish, never released. */
export const versionStatuses = ['released', 'rejected', 'experiment'] as const;
export type VersionStatus = (typeof versionStatuses)[number];

export const versionOrigins = ['trained', 'imported'] as const;
export type VersionOrigin = (typeof versionOrigins)[number];

/** `traffic`: labelled predictions; `history`: the source of a definition; `view`: that of a feature view. */
export const snapshotKinds = ['history', 'traffic', 'view'] as const;
export type SnapshotKind = (typeof snapshotKinds)[number];

/** In what a source counts what it holds and nobody has read. */
export const lagUnits = ['bytes', 'rows', 'files', 'records'] as const;
export type LagUnit = (typeof lagUnits)[number];

/** Verdicts whose numbers are kept. */
export const evidenceKinds = [
  'contract',
  'gate',
  'look',
  'promotion',
  'window',
  'retrain',
  'guard',
  'preflight',
  'correction',
  'ab-test',
  'user-step',
] as const;
export type EvidenceKind = (typeof evidenceKinds)[number];

/** From what can wait to what cannot. */
export const alertSeverities = ['info', 'warning', 'critical'] as const;
export type AlertSeverity = (typeof alertSeverities)[number];

/** Conditions that last, which the windows after them confirm or end. */
export const lastingAlertKinds = ['drift', 'decay'] as const;
/** Told again by each window while it lasts: what a person has closed stays closed until a stable window. */
export const repeatedAlertKinds = [
  ...lastingAlertKinds,
  'slice-decay',
  'label-drift',
  'estimated-decay',
  'proxy-worse',
  'retraining-unhelpful',
] as const;
/** About the source of a model; another definition ends them. */
export const sourceAlertKinds = ['source-unreadable', 'source-behind', 'source-objects'] as const;
export const alertKinds = [
  ...lastingAlertKinds,
  'below-best',
  'slice-decay',
  'label-drift',
  'estimated-decay',
  'proxy-worse',
  'run-failed',
  'leakage-suspected',
  'lost-run',
  'task-failed',
  'queue-unserved',
  'rolled-back',
  'worse-than-predecessor',
  'ab-test-ended',
  'ab-test-arm-stopped',
  'held',
  'step-failed',
  'gate-undecided',
  'retraining-unhelpful',
  'window-set-aside',
  'rows-set-aside',
  'batch-rule',
  'records-set-aside',
  ...sourceAlertKinds,
  'feature-skew',
  'artifact-damaged',
  'lineage-set-aside',
] as const;
export type AlertKind = (typeof alertKinds)[number];

/** `starting`: not every serving process knows its arms yet. */
export const abTestStatuses = ['starting', 'running', 'ended'] as const;
export type AbTestStatus = (typeof abTestStatuses)[number];

/**
 * `harmful`: every arm but the control was stopped for its failures. `stopped`: by a person, or with what a person
 * did.
 */
export const abTestEnds = ['winner', 'no-difference', 'undecided', 'broken-assignment', 'harmful', 'stopped'] as const;
export type AbTestEnd = (typeof abTestEnds)[number];

/** `worse`: proven to be worse than the best one; `undecided`: not told apart from it. */
export const experimentStandings = ['best', 'worse', 'undecided', 'failed'] as const;

/** What people write on a model or a version. */
export const annotationKinds = ['tag', 'note', 'description', 'owner'] as const;
export type AnnotationKind = (typeof annotationKinds)[number];

/** What put a freeze into force; a `kill` also took the champion back. */
export const freezeKinds = ['freeze', 'kill'] as const;
export type FreezeKind = (typeof freezeKinds)[number];

export const commandStatuses = ['accepted', 'done', 'refused'] as const;
export type CommandStatus = (typeof commandStatuses)[number];

/** What a token may be; what each may do stands in `src/access/roles.ts`. */
export const roles = ['viewer', 'predictor', 'writer', 'trainer', 'operator', 'admin'] as const;
export type Role = (typeof roles)[number];

/** Of objects of a source: sorts before what was taken, written again since it was taken, or gone since. */
export const sourceFindingKinds = ['late', 'rewritten', 'deleted', 'lost', 'undecodable'] as const;
export type SourceFindingKind = (typeof sourceFindingKinds)[number];

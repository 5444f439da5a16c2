import type { AuditSubject } from './audit-subject.ts';

/**
 * What is written into the audit: one row per change, in the transaction of the change. The same rows are the feed of
 * lifecycle events (CloudEvents `type`), except those marked private. Adding one means adding it here and nowhere else.
 */
export const auditTypes = {
  'perennial.spec.applied': { feed: true, meaning: 'A definition became the next revision of its model.' },
  'perennial.command.recorded': {
    feed: true,
    meaning: 'Somebody with the permission asked for something: retrain, approve, abort, rollback, pause, …',
  },
  'perennial.model.paused': { feed: true, meaning: 'Automatic trainings stopped.' },
  'perennial.model.resumed': { feed: true, meaning: 'Automatic trainings may start again.' },
  'perennial.model.frozen': { feed: true, meaning: 'No automatic change to the model (or to all) until it is thawed.' },
  'perennial.model.thawed': { feed: true, meaning: 'Automatic changes are allowed again.' },
  'perennial.model.killed': {
    feed: true,
    meaning: 'The kill switch: back to the last version that a person approved, and frozen.',
  },
  'perennial.snapshot.created': {
    feed: true,
    meaning: 'Data passed its contract and became a snapshot; quarantined rows are counted.',
  },
  'perennial.version.created': { feed: true, meaning: 'A training ended with a version.' },
  'perennial.version.imported': { feed: true, meaning: 'A model trained elsewhere became a version.' },
  'perennial.gate.passed': { feed: true, meaning: 'A version passed its gate.' },
  'perennial.gate.refused': { feed: true, meaning: 'A version failed its gate.' },
  'perennial.rollout.opened': { feed: true, meaning: 'A challenger took the slot of its model.' },
  'perennial.rollout.step': { feed: true, meaning: 'A step of a rollout was routed.' },
  'perennial.rollout.held': { feed: true, meaning: 'A rollout waits for a person.' },
  'perennial.rollout.promoted': { feed: true, meaning: 'A rollout ended with a new champion.' },
  'perennial.rollout.rolled-back': { feed: true, meaning: 'A rollout ended without its challenger.' },
  'perennial.champion.moved': { feed: true, meaning: 'The alias champion points to another version.' },
  'perennial.correction.changed': { feed: true, meaning: 'A version answers with another correction.' },
  'perennial.retrain.decided': { feed: true, meaning: 'A training was started.' },
  'perennial.retrain.declined': { feed: true, meaning: 'No training was started, and why.' },
  'perennial.alert.opened': { feed: true, meaning: 'Something needs attention.' },
  'perennial.alert.closed': { feed: true, meaning: 'It no longer does.' },
  'perennial.annotation.added': { feed: true, meaning: 'A tag, note, description or owner was written.' },
  'perennial.annotation.removed': { feed: true, meaning: 'One was taken back.' },
  'perennial.run.reset': { feed: true, meaning: 'A run was started again from before one of its steps.' },
  'perennial.token.created': { feed: false, meaning: 'A token was made.' },
  'perennial.token.rotated': { feed: false, meaning: 'A token was replaced by a new one.' },
  'perennial.token.revoked': { feed: false, meaning: 'A token proves nothing any more.' },
  'perennial.session.opened': { feed: false, meaning: 'A browser signed in.' },
  'perennial.session.ended': { feed: false, meaning: 'A browser signed out.' },
  'perennial.webhook.added': { feed: false, meaning: 'Somebody follows the feed.' },
  'perennial.webhook.removed': { feed: false, meaning: 'Somebody stopped following.' },
  'perennial.webhook.replayed': { feed: false, meaning: 'The cursor of a follower was set back.' },
} as const satisfies Record<string, { readonly feed: boolean; readonly meaning: string }>;

export type AuditType = keyof typeof auditTypes;

/** One change as it is handed in; its place, instant and hash are given when the transaction commits. */
export interface AuditEntry {
  readonly type: AuditType;
  readonly model: string | null;
  readonly subject: AuditSubject;
  /** Name of the token, or the part of the platform that acted: `rollout`, `guard`, `watch`. */
  readonly actor: string;
  readonly tokenId?: string | null;
  readonly reason: string;
  /** Workflow id of the run that did it, where one did. */
  readonly runId?: string | null;
  readonly evidenceId?: number | null;
  /** Small and free of secrets and personal data: it goes to webhooks. */
  readonly data?: Readonly<Record<string, unknown>>;
}

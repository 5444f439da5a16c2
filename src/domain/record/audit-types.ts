import type { AuditSubject } from './audit-subject.ts';

/**
 * What is written into the audit: one row per change, in the transaction of the change. The same rows are the feed of
 * lifecycle events (CloudEvents `type`), except those marked private. Adding one means adding it here and nowhere else.
 */
export const auditTypes = {
  'perennial.spec.applied': { isInFeed: true, meaning: 'A definition became the next revision of its model.' },
  'perennial.view.applied': { isInFeed: true, meaning: 'A definition became the next revision of its feature view.' },
  'perennial.command.recorded': {
    isInFeed: true,
    meaning: 'Somebody with the permission asked for something: retrain, approve, abort, rollback, pause, …',
  },
  'perennial.command.failed': {
    isInFeed: true,
    meaning: 'A command that had been accepted could not be carried out, and why.',
  },
  'perennial.model.paused': { isInFeed: true, meaning: 'Automatic trainings stopped.' },
  'perennial.model.resumed': { isInFeed: true, meaning: 'Automatic trainings may start again.' },
  'perennial.model.frozen': {
    isInFeed: true,
    meaning: 'No automatic change to the model (or to all) until it is thawed.',
  },
  'perennial.model.thawed': { isInFeed: true, meaning: 'Automatic changes are allowed again.' },
  'perennial.model.killed': {
    isInFeed: true,
    meaning: 'The kill switch: back to the last version that a person approved, and frozen.',
  },
  'perennial.snapshot.created': {
    isInFeed: true,
    meaning: 'Data passed its contract and became a snapshot; quarantined rows are counted.',
  },
  'perennial.source.tested': {
    isInFeed: true,
    meaning: 'Somebody was shown the first rows of a source, as a definition declares it.',
  },
  'perennial.snapshot.exported': {
    isInFeed: true,
    meaning: 'Somebody took the rows of a snapshot out, as a file.',
  },
  'perennial.snapshot.tagged': {
    isInFeed: true,
    meaning: 'A name of snapshots names another one, or none; `data` says from which to which.',
  },
  'perennial.snapshot.published': {
    isInFeed: true,
    meaning: 'A snapshot is offered to other models under a name, as its next edition, or to others than before.',
  },
  'perennial.snapshot.unpublished': { isInFeed: true, meaning: 'It is offered to nobody any more.' },
  'perennial.snapshot.subscribed': {
    isInFeed: true,
    meaning: 'A model trains again whenever another model publishes under a name.',
  },
  'perennial.snapshot.unsubscribed': { isInFeed: true, meaning: 'It does so no more.' },
  'perennial.snapshot.branched': {
    isInFeed: true,
    meaning: 'The history of a model begins with the rows of a snapshot, of another model or its own.',
  },
  'perennial.snapshot.unbranched': {
    isInFeed: true,
    meaning: 'Under definitions that come from now on, its history begins with its own source again.',
  },
  'perennial.leakage.allowed': {
    isInFeed: true,
    meaning: 'Somebody let a suspicion of leakage go: trainings of the model go on in spite of it.',
  },
  'perennial.leakage.revoked': { isInFeed: true, meaning: 'Trainings of the model stop at that suspicion again.' },
  'perennial.quarantine.fixed': {
    isInFeed: true,
    meaning: 'Somebody wrote cells of rows anew that a contract had set aside.',
  },
  'perennial.quarantine.dropped': {
    isInFeed: true,
    meaning: 'Somebody decided that rows that a contract had set aside will not be learnt from.',
  },
  'perennial.quarantine.replayed': {
    isInFeed: true,
    meaning: 'Rows that a contract had set aside were checked again, and those that passed became a snapshot.',
  },
  'perennial.version.created': { isInFeed: true, meaning: 'A training ended with a version.' },
  'perennial.version.imported': { isInFeed: true, meaning: 'A model trained elsewhere became a version.' },
  'perennial.version.exported': { isInFeed: true, meaning: 'Somebody took a version out, as a signed folder.' },
  'perennial.gate.passed': { isInFeed: true, meaning: 'A version passed its gate.' },
  'perennial.gate.refused': { isInFeed: true, meaning: 'A version failed its gate.' },
  'perennial.step.passed': { isInFeed: true, meaning: 'A step of the owner of the model was asked, and passed.' },
  'perennial.step.failed': {
    isInFeed: true,
    meaning: 'A step of the owner of the model said no, or gave no answer; `data` says what becomes of its run.',
  },
  'perennial.rollout.opened': { isInFeed: true, meaning: 'A challenger took the slot of its model.' },
  'perennial.rollout.step': { isInFeed: true, meaning: 'A step of a rollout was routed.' },
  'perennial.rollout.held': { isInFeed: true, meaning: 'A rollout waits for a person.' },
  'perennial.rollout.frozen': { isInFeed: true, meaning: 'A rollout waits for the end of a freeze window.' },
  'perennial.rollout.promoted': { isInFeed: true, meaning: 'A rollout ended with a new champion.' },
  'perennial.rollout.rolled-back': { isInFeed: true, meaning: 'A rollout ended without its challenger.' },
  'perennial.ab-test.started': { isInFeed: true, meaning: 'Somebody began an A/B test.' },
  'perennial.ab-test.arm-stopped': {
    isInFeed: true,
    meaning: 'An arm of an A/B test failed too often: the control answers its entities.',
  },
  'perennial.ab-test.ended': { isInFeed: true, meaning: 'An A/B test ended, and how; nothing was promoted.' },
  'perennial.champion.moved': { isInFeed: true, meaning: 'The alias champion points to another version.' },
  'perennial.correction.changed': { isInFeed: true, meaning: 'A version answers with another correction.' },
  'perennial.correction.held': {
    isInFeed: true,
    meaning: 'Somebody put a correction back: the watch leaves that of the version alone.',
  },
  'perennial.correction.resumed': { isInFeed: true, meaning: 'The watch may change it again.' },
  'perennial.retrain.decided': { isInFeed: true, meaning: 'A training was started.' },
  'perennial.retrain.declined': { isInFeed: true, meaning: 'No training was started, and why.' },
  'perennial.alert.opened': { isInFeed: true, meaning: 'Something needs attention.' },
  'perennial.alert.closed': { isInFeed: true, meaning: 'It no longer does.' },
  'perennial.annotation.added': { isInFeed: true, meaning: 'A tag, note, description or owner was written.' },
  'perennial.annotation.removed': { isInFeed: true, meaning: 'One was taken back.' },
  'perennial.run.reset': { isInFeed: true, meaning: 'A run was started again from before one of its steps.' },
  'perennial.best.reset': { isInFeed: true, meaning: 'A model is no longer held against the best that it ever was.' },
  'perennial.approval.delegated': { isInFeed: true, meaning: 'Somebody handed on the right to approve, until when.' },
  'perennial.approval.delegation-revoked': { isInFeed: true, meaning: 'It was taken back.' },
  'perennial.hold.set': { isInFeed: true, meaning: 'A legal hold: nothing of the model is removed any more.' },
  'perennial.hold.released': { isInFeed: true, meaning: 'A legal hold ended.' },
  'perennial.erasure.started': {
    isInFeed: true,
    meaning: 'Somebody asked that what is known of one entity goes; the event does not say which.',
  },
  'perennial.erasure.ended': {
    isInFeed: true,
    meaning: 'An erasure is through: how many rows went, or would go, and whether something was not reached.',
  },
  'perennial.erasure.lifted': {
    isInFeed: true,
    meaning: 'Readings of sources take in rows of an erased entity again.',
  },
  'perennial.retention.applied': {
    isInFeed: true,
    meaning: 'What had reached its end was removed: how many rows or files of what, and their bytes.',
  },
  'perennial.token.created': { isInFeed: false, meaning: 'A token was made.' },
  'perennial.token.rotated': { isInFeed: false, meaning: 'A token was replaced by a new one.' },
  'perennial.token.revoked': { isInFeed: false, meaning: 'A token proves nothing any more.' },
  'perennial.session.opened': { isInFeed: false, meaning: 'A browser signed in.' },
  'perennial.session.ended': { isInFeed: false, meaning: 'A browser signed out.' },
  'perennial.webhook.added': { isInFeed: false, meaning: 'Somebody follows the feed.' },
  'perennial.webhook.removed': { isInFeed: false, meaning: 'Somebody stopped following.' },
  'perennial.installation.restored': { isInFeed: true, meaning: 'Everything was restored from a back-up.' },
  'perennial.spool.reshipped': {
    isInFeed: true,
    meaning: 'Predictions and labels that inference had shipped, or had set aside, were sent again.',
  },
  'perennial.installation.key-replaced': {
    isInFeed: true,
    meaning: 'Entities are hashed under another key from now on.',
  },
  'perennial.webhook.replayed': { isInFeed: false, meaning: 'The cursor of a follower was set back.' },
  'perennial.webhook.rotated': { isInFeed: false, meaning: 'A receiver was given another secret.' },
} as const satisfies Record<string, { readonly isInFeed: boolean; readonly meaning: string }>;

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

import { evidenceKinds, runKinds, runStatuses, snapshotKinds } from '../../domain/record/closed-sets.ts';
import { sql } from 'drizzle-orm';
import { bigserial, index, integer, jsonb, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import type { SnapshotManifest } from '../../domain/training/snapshot.ts';
import { at, now, count } from './columns.ts';

export const snapshot = pgTable(
  'snapshot',
  {
    digest: text('digest').primaryKey(),
    model: text('model').notNull(),
    specRevision: integer('spec_revision').notNull(),
    kind: text('kind', { enum: snapshotKinds }).notNull(),
    sourceDigest: text('source_digest').notNull(),
    rows: count('rows').notNull(),
    quarantinedRows: count('quarantined_rows').notNull(),
    /** Traffic snapshots: labels and rows up to the end of this window; null for history. */
    throughWindow: integer('through_window'),
    manifest: jsonb('manifest').$type<SnapshotManifest>().notNull(),
    /** Set when retention gave its files up: the row stays as history and is found by no training any more. */
    filesRemovedAt: at('files_removed_at'),
    /** Of a view: what holds its rows since, with those of its neighbours; null while it has them itself. */
    joinedInto: text('joined_into'),
    /** Of one that joins others: when the last of these was stored, which is its place in the line. */
    createdAt: now('created_at'),
  },
  (t) => [
    index('snapshot_by_model').on(t.model, t.createdAt),
    // Batches that a new one is held against are the newest of their source, of any definition and of one.
    index('snapshot_of_batches')
      .on(t.model, sql`coalesce(${t.manifest} ->> 'member', '')`, t.createdAt)
      .where(sql`${t.kind} = 'history' and ${t.manifest} ->> 'replayOf' is null`),
    index('snapshot_of_batches_by_revision')
      .on(t.model, t.specRevision, sql`coalesce(${t.manifest} ->> 'member', '')`, t.createdAt)
      .where(sql`${t.kind} = 'history' and ${t.manifest} ->> 'replayOf' is null`),
    // Whose files are looked for next: digests are even, so a share of them is a share of the snapshots.
    index('snapshot_to_look_after')
      .on(t.digest.op('text_pattern_ops'))
      .where(sql`${t.filesRemovedAt} is null`),
    index('snapshot_with_quarantine')
      .on(t.model, t.createdAt)
      .where(sql`${t.quarantinedRows} > 0`),
    // What came of something is found by what it came of.
    index('snapshot_of_source').on(t.model, t.sourceDigest, t.createdAt),
    index('snapshot_of_window')
      .on(t.model, t.throughWindow, t.createdAt)
      .where(sql`${t.throughWindow} is not null`),
    // So are the snapshots that lines begin with, of which a revision has one.
    index('snapshot_branched')
      .on(t.model, t.specRevision)
      .where(sql`${t.manifest} -> 'branched' is not null`),
    index('snapshot_of_branched')
      .on(sql`(${t.manifest} -> 'branched' ->> 'snapshot')`)
      .where(sql`${t.manifest} -> 'branched' is not null`),
    index('snapshot_of_parent').using('gin', sql`(${t.manifest} -> 'parents') jsonb_path_ops`),
    // As is the one that a view is read on from.
    index('snapshot_of_view')
      .on(t.model, sql`(${t.manifest} -> 'view' ->> 'digest')`, t.createdAt)
      .where(sql`${t.kind} = 'view' and ${t.filesRemovedAt} is null`),
    // What was joined with a snapshot of a view is found by it.
    index('snapshot_of_joined')
      .using('gin', sql`(${t.manifest} -> 'joined') jsonb_path_ops`)
      .where(sql`${t.manifest} -> 'joined' is not null`),
    // The one that a training goes on from is found at once, however many batches of history came since.
    index('snapshot_of_traffic')
      .on(t.model, t.throughWindow)
      .where(sql`${t.kind} = 'traffic' and ${t.filesRemovedAt} is null`),
  ],
);

/** One execution of a workflow; `run_id` is its workflow id, the same here and in the Temporal Web UI. */
export const run = pgTable(
  'run',
  {
    runId: text('run_id').primaryKey(),
    model: text('model').notNull(),
    kind: text('kind', { enum: runKinds }).notNull(),
    status: text('status', { enum: runStatuses }).notNull(),
    trigger: text('trigger'),
    detail: text('detail'),
    input: jsonb('input').$type<Record<string, unknown>>().notNull(),
    output: jsonb('output').$type<Record<string, unknown>>(),
    /** Which execution under this id is the last one, for those who are told of runs; null before this was kept. */
    execution: uuid('execution'),
    startedAt: now('started_at'),
    endedAt: at('ended_at'),
  },
  (t) => [
    index('run_by_model').on(t.model, t.startedAt),
    index('run_by_time').on(t.startedAt, t.runId),
    index('run_by_kind').on(t.model, t.kind, t.startedAt),
    index('run_of_kind').on(t.kind, t.startedAt, t.runId),
    index('run_of_status').on(t.status, t.startedAt, t.runId),
    index('run_by_end').on(t.model, t.kind, t.endedAt),
    index('run_of_snapshot')
      .on(sql`(${t.output} ->> 'snapshot')`)
      .where(sql`${t.kind} = 'ingest'`),
    index('run_under_way')
      .on(t.model)
      .where(sql`${t.status} = 'running'`),
  ],
);

/**
 * The numbers behind a verdict. `subject` is an occasion (src/domain/record/occasion.ts), so that a retried activity
 * finds its first answer.
 */
export const evidence = pgTable(
  'evidence',
  {
    evidenceId: bigserial('evidence_id', { mode: 'number' }).primaryKey(),
    model: text('model').notNull(),
    kind: text('kind', { enum: evidenceKinds }).notNull(),
    subject: text('subject').notNull(),
    verdict: text('verdict').notNull(),
    body: jsonb('body').$type<Record<string, unknown>>().notNull(),
    createdAt: now('created_at'),
  },
  (t) => [
    unique('evidence_once').on(t.model, t.kind, t.subject),
    index('evidence_by_age').on(t.model, t.createdAt),
    // Corrections of the past are files as well: what keeps them is found without reading a body.
    index('evidence_of_corrections')
      .on(sql`(${t.body} ->> 'digest') text_pattern_ops`)
      .where(sql`${t.kind} = 'correction'`),
    // Whatever the database's collation: the looks of a rollout are found by how their subjects begin.
    index('evidence_by_subject').on(t.model, t.kind, t.subject.op('text_pattern_ops')),
    index('evidence_of_correction')
      .on(t.model, sql`split_part(${t.subject}, '/', 3)`, t.createdAt)
      .where(sql`${t.kind} = 'correction'`),
  ],
);

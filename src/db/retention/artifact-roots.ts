import { sql, type SQL } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';

/**
 * Every column whose rows keep artifacts, with what it takes to read their digests. Where a digest may stand anywhere
 * in a document, whatever looks like one counts: an artifact too many stays, and none too few.
 */
export const artifactRoots: Readonly<Record<string, SQL>> = {
  'version.model_digest': sql`select model_digest from version where files_removed_at is null`,
  'version.profile_digest': sql`select profile_digest from version where files_removed_at is null`,
  'version.correction': sql`select correction from version where files_removed_at is null`,
  'version.report': anywhereIn('report', sql`version where files_removed_at is null`),
  // Of a snapshot from which rows were erased the name stays, and another manifest stands behind it.
  'snapshot.digest': sql`select coalesce((select t.replaced_by from tombstone t where t.digest = s.digest
    and t.what = 'snapshot'), s.digest) from snapshot s where s.files_removed_at is null`,
  'snapshot.manifest': anywhereIn('manifest', sql`snapshot where files_removed_at is null`),
  'routing.entry': anywhereIn('entry', sql`routing`),
  'evidence.body': sql`select body ->> 'digest' from evidence where kind = 'correction'`,
  'sealed_stretch.file_digest': sql`select file_digest from sealed_stretch`,
  'sealed_stretch.index_digest': sql`select index_digest from sealed_stretch`,
  'sealed_stretch.manifest_digest': sql`select manifest_digest from sealed_stretch`,
  'pushed_batch.digest': sql`select digest from pushed_batch where digest is not null`,
  'training_share.digest': sql`select digest from training_share`,
  // Until its candidates are compared.
  'experiment_candidate.scores_digest': sql`select scores_digest from experiment_candidate
    where scores_digest is not null`,
  'spec_revision.spec': anywhereIn('spec', sql`spec_revision`),
  'command.body': anywhereIn('body', sql`command`),
  'ab_test.arms': anywhereIn('arms', sql`ab_test where ended_at is null`),
  'run.input': anywhereIn('input', youngRuns()),
  'run.output': anywhereIn('output', youngRuns()),
  'run.detail': anywhereIn('detail', youngRuns()),
};

/**
 * What looks like a digest and keeps nothing, and why.
 * @testonly
 */
export const otherDigests: Readonly<Record<string, string>> = {
  'ab_test.declared': 'numbers of versions, which keep for themselves',
  'ab_test.plan': 'figures',
  'ab_test.standing': 'figures and sentences',
  'ab_test.state': 'figures',
  'ab_test.why': 'a sentence',
  'erasure.report': 'figures and sentences',
  'erasure_hash.entity_hash': 'of an entity',
  'exclusion.hash': 'of an entity',
  'experiment.snapshot': 'names a row of the snapshots',
  'experiment.result': 'figures and sentences',
  'experiment_candidate.outcome': 'figures',
  'experiment_candidate.spec': 'names its source, which is not read; an imported model takes no part',
  'experiment_candidate.spec_digest': 'of the definition, which is a row',
  'source_member.digest': 'of what a source holds, not of a file of ours',
  'tombstone.digest': 'what it named is gone, or kept by something else',
  'alert.body': 'a sentence; the run that it is about names what it names',
  'alias_move.why': 'a sentence',
  'annotation.text': 'a sentence',
  'artifact_damage.digest': 'what is damaged keeps nothing by that',
  'audit.data': 'the record names what was, for good',
  'audit.hash': 'of a row',
  'audit.previous_hash': 'of a row',
  'audit_staged.data': 'as in the audit',
  'command.answer': 'repeats its body and what came of it, which keeps for itself',
  'best_reference.reference': 'figures',
  'command.body_hash': 'of a body',
  'command.target': 'a version or a rollout',
  'command_effect.outcome': 'a version or a rollout',
  'condemned_artifact.digest': 'on its way out',
  'counter.cells': 'counts',
  'counter.slices': 'counts',
  'decision.considered': 'figures and sentences',
  'label.entity_hash': 'of an entity',
  'prediction.correction': 'the answer as it was given stands beside it',
  'prediction.entity_hash': 'of an entity',
  'push_key.answer': 'numbers of rows and ids of rules',
  'push_key.body_digest': 'of the rows of a request',
  'push_key.key_hash': 'of a key',
  'quarantine_decision.snapshot': 'a decision about rows of a snapshot, which keeps for itself',
  'quarantine_edit.snapshot': 'an edit of rows of a snapshot, which keeps for itself',
  'routing.digest': 'of its entry',
  'routing_ack.digest': 'of the entry that a process holds',
  'sealed_stretch.sums': 'figures',
  'run_event.detail': 'a sentence; the run that it is about names what it names',
  'session.csrf_hash': 'of a secret',
  'session.secret_hash': 'of a secret',
  'snapshot.source_digest': 'of what the source held',
  'snapshot_branch.digest': 'names a row of the snapshots',
  'snapshot_edition.digest': 'names a row of the snapshots',
  'snapshot_publication.digest': 'names a row of the snapshots',
  'snapshot_tag.digest': 'names a row of the snapshots',
  'snapshot_tag_move.digest': 'names a row of the snapshots',
  'spec_revision.digest': 'of the definition, which is a row',
  'feature_view_revision.digest': 'of the definition, which is a row',
  'feature_view_revision.spec': 'names its source',
  'online_view.building': 'names a row of the snapshots',
  'online_view.digest': 'of the definition, which is a row',
  'online_view.snapshot': 'names a row of the snapshots',
  'online_entity.digest': 'of the definition, which is a row',
  'online_entity.tiles': 'figures',
  'online_entity.waiting': 'rows of the snapshots',
  'view_sample.digest': 'of the definition, which is a row',
  'view_sample.look': 'values; names a row of the snapshots',
  'view_skew.last': 'values',
  'view_use.uses': 'ages',
  'token.secret_hash': 'of a secret',
  'trainer_worker.gpus': 'names and sizes',
  'training_access.secret_hash': 'of a secret',
  'trial.settings': 'values',
  'trigger_look.source_digest': 'of what the source held',
  'version.snapshots': 'names rows of the snapshots',
  'window_estimate.stated': 'figures',
  'window_quality.estimated': 'figures',
  'window_quality.first_realised': 'figures',
  'window_quality.realised': 'figures',
};

/**
 * Columns that may hold a digest: documents, and texts that are called after one or hold sentences.
 * @testonly
 */
export function mayHoldDigest(name: string, type: string): boolean {
  if (type === 'jsonb') return true;
  return (
    type.startsWith('text') &&
    /digest|hash|sha256|correction|artifact|snapshot|^(data|why|text|body|detail)$/.test(name)
  );
}

/** All artifacts that something needs. Of these sets, that of the manifests is the largest: some names per snapshot. */
export async function markedArtifacts(db: Db): Promise<ReadonlySet<string>> {
  const marked = new Set<string>();
  for (const [name, root] of Object.entries(artifactRoots)) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other: a mark must not take all connections
    const { rows } = await db.execute<{ digest: string }>(
      // Runs and commands go on naming files that were written anew without rows of an entity.
      sql`select distinct r.digest from (${root}) as r (digest) where r.digest ~ '^[0-9a-f]{64}$'
        and (${!isName(name)} or not exists (select from tombstone t where t.digest = r.digest))`,
    );
    for (const { digest } of rows) marked.add(digest);
  }
  return marked;
}

/** When the oldest run under way began: what it has stored since is named by nothing but its history. */
export async function oldestRunningMs(db: Db): Promise<number | null> {
  const { rows } = await db.execute<{ ms: number | null }>(
    sql`select (extract(epoch from min(started_at)) * 1000)::float8 as ms from run where status = 'running'`,
  );
  return rows[0]?.ms ?? null;
}

/** Columns that say which artifacts there were, and are not what anything is made of. */
function isName(root: string): boolean {
  return root.startsWith('run.') || root === 'command.body' || root === 'version.report';
}

function anywhereIn(column: string, rows: SQL): SQL {
  return sql`select (regexp_matches(d.text, '[0-9a-f]{64}', 'g'))[1]
    from (select ${sql.identifier(column)}::text as text from ${rows}) d`;
}

/** A refused batch is named by its run alone: people look at it while they mend the source. */
function youngRuns(): SQL {
  return sql`run where ended_at is null or ended_at > now() - interval '400 days'
    or model in (select model from legal_hold)`;
}

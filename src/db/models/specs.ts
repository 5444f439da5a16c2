import { createHash } from 'node:crypto';
import { and, asc, eq, sql } from 'drizzle-orm';
import { canonicalJson } from '../../domain/words/canonical.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import { appendAudit } from '../audit/audit.ts';
import type { Db } from '../base/connect.ts';
import type { RoutingEntry } from '../../domain/rollout/routing.ts';
import { refuseNameOfView } from './dataset-names.ts';
import { planTriggerLooks } from './plan-trigger-looks.ts';
import { model, modelStream, routing, specRevision } from '../schema/index.ts';

/** Names in a not-found message; more would bury the sentence. */
const listedMax = 20;

export interface StoredSpec {
  readonly model: string;
  readonly revision: number;
  /** Of the spec as it was stored; `spec` is in the form of today. */
  readonly digest: string;
  readonly spec: ModelSpec;
}

export interface SpecStored extends StoredSpec {
  /** False when the spec was already current: nothing was written. */
  readonly created: boolean;
  readonly previous: StoredSpec | null;
}

export interface ModelRow {
  readonly name: string;
  readonly specRevision: number;
  readonly trainCounter: number;
  readonly versionCounter: number;
  readonly pausedBy: string | null;
  readonly pausedReason: string | null;
  readonly createdAt: Date;
}

/** SHA-256 (hex) of the canonical JSON: one spec has one digest, whatever order it was written in. */
export function specDigest(spec: ModelSpec): string {
  return createHash('sha256').update(canonicalJson(spec)).digest('hex');
}

/**
 * Whether a stored spec says the same as this one. Its digest names what was stored; a spec that was stored in an older
 * form says the same under another digest, and applying it again must neither make a revision nor start a training.
 */
export function isSameSpec(stored: StoredSpec, spec: ModelSpec): boolean {
  return specDigest(stored.spec) === specDigest(spec);
}

/**
 * Stores a spec as the model's next revision, or finds that it is already current. To be called inside a transaction:
 * the model's row is locked until its end, so that two people applying at once make two revisions, not one of each
 * half.
 */
export async function storeSpec(tx: Db, spec: ModelSpec, actor: string): Promise<SpecStored> {
  const digest = specDigest(spec);
  await tx.insert(model).values({ name: spec.name, specRevision: 0 }).onConflictDoNothing();
  const [locked] = await tx
    .select({ revision: model.specRevision })
    .from(model)
    .where(eq(model.name, spec.name))
    .for('update');
  const currentRevision = locked?.revision ?? 0;
  if (currentRevision === 0) await refuseNameOfView(tx, spec.name);
  const previous = currentRevision === 0 ? null : await readSpecRevision(tx, spec.name, currentRevision);
  if (previous !== null && isSameSpec(previous, spec)) return { ...previous, created: false, previous };
  const revision = currentRevision + 1;
  await tx.insert(specRevision).values({ model: spec.name, revision, digest, spec, actor });
  await tx.update(model).set({ specRevision: revision }).where(eq(model.name, spec.name));
  await tx.insert(modelStream).values({ model: spec.name }).onConflictDoNothing();
  await routeSpecRevision(tx, spec.name, revision);
  await planTriggerLooks(tx, spec);
  await appendAudit(tx, {
    type: 'perennial.spec.applied',
    model: spec.name,
    subject: { of: 'spec', model: spec.name, specRevision: revision },
    actor,
    reason: `revision ${revision}`,
    data: { revision, digest },
  });
  return { model: spec.name, revision, digest, spec, created: true, previous };
}

/**
 * Makes serving validate requests against this revision. The lease of a challenger stays as it is: a new spec must not
 * take a running rollout's share away, and must not renew it either.
 */
async function routeSpecRevision(tx: Db, name: string, revision: number): Promise<void> {
  const [row] = await tx.select({ entry: routing.entry }).from(routing).where(eq(routing.model, name)).for('update');
  const entry: RoutingEntry =
    row === undefined
      ? emptyEntry(name, revision)
      : { ...row.entry, revision: row.entry.revision + 1, specRevision: revision };
  if (row === undefined) await tx.insert(routing).values({ model: name, revision: entry.revision, entry });
  else await tx.update(routing).set({ revision: entry.revision, entry }).where(eq(routing.model, name));
  await tx.execute(
    sql`select pg_notify('perennial_routing', ${JSON.stringify({ model: name, revision: entry.revision })})`,
  );
}

function emptyEntry(name: string, specRevision: number): RoutingEntry {
  return {
    model: name,
    revision: 1,
    specRevision,
    champion: null,
    challenger: null,
    stage: 'empty',
    rollout: null,
    challengerWeight: 0,
    salt: '',
    leaseUntilMs: null,
  };
}

/** One revision of a model's spec. Throws `not_found` naming the revision. */
export async function readSpecRevision(db: Db, name: string, revision: number): Promise<StoredSpec> {
  const [row] = await db
    .select({
      model: specRevision.model,
      revision: specRevision.revision,
      digest: specRevision.digest,
      spec: specRevision.spec,
    })
    .from(specRevision)
    .where(and(eq(specRevision.model, name), eq(specRevision.revision, revision)));
  if (row === undefined) throw new PerennialError('not_found', `Model "${name}" has no spec revision ${revision}.`);
  return row;
}

/** The latest applied spec. Throws `model_not_found` listing the models that exist. */
export async function readCurrentSpec(db: Db, name: string): Promise<StoredSpec> {
  const found = await readModel(db, name);
  return readSpecRevision(db, name, found.specRevision);
}

/**
 * The latest applied spec with its model's row locked until the end of the transaction; null for a model that does not
 * exist.
 */
export async function lockCurrentSpec(tx: Db, name: string): Promise<StoredSpec | null> {
  const [row] = await tx.select({ revision: model.specRevision }).from(model).where(eq(model.name, name)).for('update');
  return row === undefined || row.revision === 0 ? null : readSpecRevision(tx, name, row.revision);
}

/** The entity tag of a definition, without quotes: revision and digest, since a model may return to what it was. */
export function specTagOf(stored: Pick<StoredSpec, 'revision' | 'digest'>): string {
  return `${stored.revision}-${stored.digest.slice(0, 32)}`;
}

/** The model's own row. Throws `model_not_found` listing the models that exist. */
export async function readModel(db: Db, name: string): Promise<ModelRow> {
  const [row] = await db
    .select()
    .from(model)
    .where(and(eq(model.name, name), sql`${model.specRevision} > 0`));
  if (row !== undefined) return row;
  throw modelNotFound(name, await listModelNames(db, listedMax));
}

/** A page of names in the order of their bytes, behind `after` ('' for the first page). */
export async function modelNamesAfter(db: Db, after: string, limit: number): Promise<readonly string[]> {
  const rows = await db
    .select({ name: model.name })
    .from(model)
    .where(and(sql`${model.specRevision} > 0`, sql`${model.name} collate "C" > ${after}`))
    .orderBy(sql`${model.name} collate "C"`)
    .limit(limit);
  return rows.map((row) => row.name);
}

/** Names in alphabetical order, at most `limit` (1..10,000). */
export async function listModelNames(db: Db, limit: number): Promise<readonly string[]> {
  const rows = await db
    .select({ name: model.name })
    .from(model)
    .where(sql`${model.specRevision} > 0`)
    .orderBy(asc(model.name))
    .limit(limit);
  return rows.map((row) => row.name);
}

export function modelNotFound(name: string, existing: readonly string[]): PerennialError {
  const known = existing.length === 0 ? 'no model has been applied yet' : `models: ${existing.join(', ')}`;
  return new PerennialError('model_not_found', `There is no model "${name}" (${known}).`);
}

import { createHash } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { canonicalJson } from '../../domain/words/canonical.ts';
import type { ViewSpec } from '../../domain/view/view-spec.ts';
import { appendAudit } from '../audit/audit.ts';
import type { Db } from '../base/connect.ts';
import { refuseNameOfModel } from '../models/dataset-names.ts';
import { featureView, featureViewRevision } from '../schema/index.ts';
import { readViewRevision, type StoredView } from './read-views.ts';

export interface ViewStored extends StoredView {
  /** False when the spec was already current: nothing was written. */
  readonly created: boolean;
  readonly previous: StoredView | null;
}

/** SHA-256 (hex) of the canonical JSON: one spec has one digest, whatever order it was written in. */
export function viewDigest(spec: ViewSpec): string {
  return createHash('sha256').update(canonicalJson(spec)).digest('hex');
}

/**
 * Stores a view's spec as its next revision, or finds that it is already current. To be called inside a transaction:
 * the view's row is locked until its end. Throws `conflict` when a model has this name.
 */
export async function storeView(tx: Db, spec: ViewSpec, actor: string): Promise<ViewStored> {
  const digest = viewDigest(spec);
  await refuseNameOfModel(tx, spec.name);
  await tx.insert(featureView).values({ name: spec.name, revision: 0 }).onConflictDoNothing();
  const [locked] = await tx
    .select({ revision: featureView.revision })
    .from(featureView)
    .where(eq(featureView.name, spec.name))
    .for('update');
  const current = locked?.revision ?? 0;
  const previous = current === 0 ? null : await readViewRevision(tx, spec.name, current);
  if (previous !== null && previous.digest === digest) return { ...previous, created: false, previous };
  const revision = current + 1;
  await tx.insert(featureViewRevision).values({ view: spec.name, revision, digest, spec, actor });
  await tx.update(featureView).set({ revision }).where(eq(featureView.name, spec.name));
  await appendAudit(tx, {
    type: 'perennial.view.applied',
    model: spec.name,
    subject: { of: 'view', id: spec.name },
    actor,
    reason: `revision ${revision}`,
    data: { revision, digest },
  });
  return { view: spec.name, revision, digest, spec, created: true, previous };
}

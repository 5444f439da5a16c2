import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import type { AnnotationView } from '../../contracts/http/command-requests.ts';
import type { Db } from '../base/connect.ts';
import { annotation } from '../schema/index.ts';

export type AnnotationRow = typeof annotation.$inferSelect;

/** What stands on one model or version; more is refused when it is written. */
export const annotationsMax = 200;

const live = (model: string, version: number | null) =>
  and(
    eq(annotation.model, model),
    version === null ? isNull(annotation.version) : eq(annotation.version, version),
    isNull(annotation.removedAt),
  );

/** What people wrote about a model (`version` null) or one version and did not take back, latest first. */
export async function annotationsOf(db: Db, model: string, version: number | null): Promise<readonly AnnotationRow[]> {
  return db
    .select()
    .from(annotation)
    .where(live(model, version))
    .orderBy(desc(annotation.annotationId))
    .limit(annotationsMax);
}

/** Of a model and all of its versions, latest first. */
export async function annotationsOfAll(db: Db, model: string, limit: number): Promise<readonly AnnotationRow[]> {
  return db
    .select()
    .from(annotation)
    .where(and(eq(annotation.model, model), isNull(annotation.removedAt)))
    .orderBy(desc(annotation.annotationId))
    .limit(limit);
}

/** The same words about the same thing are one annotation, so that a repeated command writes nothing twice. */
export async function insertAnnotation(
  tx: Db,
  row: Pick<AnnotationRow, 'model' | 'version' | 'kind' | 'text' | 'actor'>,
): Promise<{ readonly row: AnnotationRow; readonly isNew: boolean }> {
  // One writer per model: two who tag at once must not make two of the same.
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext('annotation'), hashtext(${row.model}))`);
  const standing = await annotationsOf(tx, row.model, row.version);
  const latest = standing.filter((one) => one.kind === row.kind);
  const same =
    row.kind === 'tag' || row.kind === 'note'
      ? latest.find((one) => one.text === row.text)
      : latest[0]?.text === row.text
        ? latest[0]
        : undefined;
  if (same !== undefined) return { row: same, isNew: false };
  const [inserted] = await tx.insert(annotation).values(row).returning();
  if (inserted === undefined) throw new Error('an insert gave no row');
  return { row: inserted, isNew: true };
}

export async function findAnnotation(db: Db, annotationId: number): Promise<AnnotationRow | null> {
  const [row] = await db.select().from(annotation).where(eq(annotation.annotationId, annotationId));
  return row ?? null;
}

/** Taken back, not deleted. False when it had been taken back before. */
export async function takeBackAnnotation(tx: Db, annotationId: number): Promise<boolean> {
  const taken = await tx
    .update(annotation)
    .set({ removedAt: new Date() })
    .where(and(eq(annotation.annotationId, annotationId), isNull(annotation.removedAt)))
    .returning({ id: annotation.annotationId });
  return taken.length > 0;
}

export function annotationViewOf(row: AnnotationRow): AnnotationView {
  return {
    annotationId: row.annotationId,
    model: row.model,
    version: row.version,
    kind: row.kind,
    text: row.text,
    by: row.actor,
    at: row.createdAt.toISOString(),
  };
}

/** The words that count: the latest description and owner, all tags and notes. */
export function wordsOf(rows: readonly AnnotationRow[]): {
  readonly owner: string | null;
  readonly description: string | null;
  readonly tags: readonly string[];
  readonly notes: readonly { readonly text: string; readonly by: string; readonly at: string }[];
} {
  const latest = (kind: AnnotationRow['kind']): string | null => rows.find((row) => row.kind === kind)?.text ?? null;
  return {
    owner: latest('owner'),
    description: latest('description'),
    tags: rows
      .filter((row) => row.kind === 'tag')
      .map((row) => row.text)
      .toSorted(),
    notes: rows
      .filter((row) => row.kind === 'note')
      .map((row) => ({ text: row.text, by: row.actor, at: row.createdAt.toISOString() })),
  };
}

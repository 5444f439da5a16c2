import { and, asc, eq, gt, sql } from 'drizzle-orm';
import type { SealedKind, StretchSums } from '../../../domain/record/sealed.ts';
import type { Db } from '../../base/connect.ts';
import { sealedStretch } from '../../schema/index.ts';

export type StretchToErase = typeof sealedStretch.$inferSelect;

/** The next sealed stretch of a model, of parts that are not dropped yet too; null behind the last one. */
export async function nextSealed(
  db: Db,
  model: string,
  kind: SealedKind,
  afterPlace: number,
): Promise<StretchToErase | null> {
  const [row] = await db
    .select()
    .from(sealedStretch)
    .where(and(eq(sealedStretch.model, model), eq(sealedStretch.kind, kind), gt(sealedStretch.firstPlace, afterPlace)))
    .orderBy(asc(sealedStretch.firstPlace))
    .limit(1);
  return row ?? null;
}

/** Puts another file behind a stretch, or takes the stretch away; false when it is not what was read any more. */
export async function replaceStretch(
  tx: Db,
  { model, kind, firstPlace, fileDigest }: StretchToErase,
  next:
    | (Pick<StretchToErase, 'fileDigest' | 'indexDigest' | 'manifestDigest' | 'bytes'> & { readonly sums: StretchSums })
    | null,
): Promise<boolean> {
  const isIt = and(
    eq(sealedStretch.model, model),
    eq(sealedStretch.kind, kind),
    eq(sealedStretch.firstPlace, firstPlace),
    eq(sealedStretch.fileDigest, fileDigest),
  );
  const done =
    next === null
      ? await tx.delete(sealedStretch).where(isIt).returning({ model: sealedStretch.model })
      : await tx
          .update(sealedStretch)
          .set({ ...next, rows: Number(next.sums['rows']), placeSum: Number(next.sums['places']) })
          .where(isIt)
          .returning({ model: sealedStretch.model });
  return done.length > 0;
}

/** The lock of freezing and dropping parts, until the end of the transaction. */
export async function lockParts(tx: Db): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(1886545516)`);
}

/** Of these digests, those of sealed files, their indexes and manifests. */
export async function sealedAmong(db: Db, digests: readonly string[]): Promise<readonly string[]> {
  const { rows } = await db.execute<{ digest: string }>(sql`
    select d.digest from unnest(${sql.param([...digests])}::text[]) as d (digest)
    where exists (select from sealed_stretch s where d.digest in (s.file_digest, s.index_digest, s.manifest_digest))`);
  return rows.map(({ digest }) => digest);
}

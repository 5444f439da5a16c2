import { and, desc, eq, sql } from 'drizzle-orm';
import { formatOccasion } from '../../domain/record/occasion.ts';
import type { Db } from '../base/connect.ts';
import { evidence } from '../schema/index.ts';

/** Older fits than these answer no row that is still read: a row before them counts as answered as it was. */
const fitsMax = 64;

export interface StoredFit {
  readonly digest: string;
  readonly throughSeq: number;
  readonly isShadow: boolean;
}

/**
 * What was fitted for a version on rows before this position, latest first; at most 64. Evidence of earlier releases
 * does not say through which row, and has no part in it.
 */
export async function shadowFits(
  db: Db,
  of: { readonly model: string; readonly version: number; readonly beforeSeq: number },
): Promise<readonly StoredFit[]> {
  const throughSeq = sql<number>`(${evidence.body} ->> 'throughSeq')::float8`;
  const rows = await db
    .select({ digest: sql<string>`(${evidence.body} ->> 'digest')`, throughSeq, verdict: evidence.verdict })
    .from(evidence)
    .where(
      and(
        eq(evidence.model, of.model),
        sql`${evidence.kind} = 'correction'`,
        // The third part of its occasion, as the index has it.
        sql`split_part(${evidence.subject}, '/', 3) = ${formatOccasion({ of: 'version', version: of.version })}`,
      ),
    )
    .orderBy(desc(evidence.createdAt), desc(evidence.evidenceId))
    .limit(fitsMax);
  return rows
    .filter((row) => row.throughSeq !== null && row.throughSeq < of.beforeSeq)
    .map(({ verdict, ...fit }) => ({ ...fit, isShadow: verdict === 'shadow' }))
    .toSorted((a, b) => b.throughSeq - a.throughSeq);
}

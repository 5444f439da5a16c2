import { desc, eq, sql } from 'drizzle-orm';
import type { RuleCount } from '../../domain/training/snapshot.ts';
import type { Db } from '../base/connect.ts';
import { snapshot } from '../schema/index.ts';

/** What the rules of a contract counted in a snapshot. */
export interface CountedSnapshot extends Pick<
  typeof snapshot.$inferSelect,
  'digest' | 'kind' | 'specRevision' | 'rows' | 'quarantinedRows'
> {
  readonly createdAt: Date;
  readonly ruleCounts: readonly RuleCount[];
}

/** The newest snapshots of a model with what broke their rules, at most `rowsMax`. Law: an index of the model. */
export async function recentRuleCounts(db: Db, model: string, rowsMax: number): Promise<readonly CountedSnapshot[]> {
  return db
    .select({
      digest: snapshot.digest,
      kind: snapshot.kind,
      specRevision: snapshot.specRevision,
      rows: snapshot.rows,
      quarantinedRows: snapshot.quarantinedRows,
      createdAt: snapshot.createdAt,
      ruleCounts: sql<readonly RuleCount[]>`${snapshot.manifest} -> 'ruleCounts'`,
    })
    .from(snapshot)
    .where(eq(snapshot.model, model))
    .orderBy(desc(snapshot.createdAt))
    .limit(rowsMax);
}

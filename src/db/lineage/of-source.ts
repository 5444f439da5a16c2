import { and, asc, desc, eq, sql } from 'drizzle-orm';
import { snapshot } from '../schema/index.ts';
import { named, neighboursMax, type KindReader } from './kind-reader.ts';

const isOf = (model: string, digest: string) =>
  and(
    eq(snapshot.model, model),
    sql`(${snapshot.kind} = 'history' or ${snapshot.kind} = 'view' and ${snapshot.manifest} #> '{view,joins}' is null)`,
    eq(snapshot.sourceDigest, digest),
  );

/** What a declared source held when it was read, by its digest. */
export const sources: KindReader = {
  async describe(db, { model }, digest) {
    const [row] = await db
      .select({ createdAt: snapshot.createdAt })
      .from(snapshot)
      .where(isOf(model, digest))
      .orderBy(asc(snapshot.createdAt))
      .limit(1);
    return row === undefined
      ? null
      : { text: `what the source held, ${digest.slice(0, 16)}`, at: row.createdAt.toISOString() };
  },
  async next(db, { model }, digest, way) {
    if (way === 'up') return [];
    const rows = await db
      .select({ digest: snapshot.digest })
      .from(snapshot)
      .where(isOf(model, digest))
      .orderBy(desc(snapshot.createdAt))
      .limit(neighboursMax);
    return named('snapshot', ...rows.map((row) => row.digest));
  },
};

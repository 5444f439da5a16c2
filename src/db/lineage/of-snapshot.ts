import { and, asc, desc, eq, gte, sql } from 'drizzle-orm';
import { workflowIds } from '../../domain/words/ids.ts';
import { sayMany } from '../../domain/words/say.ts';
import { snapshot, version } from '../schema/index.ts';
import type { Db } from '../base/connect.ts';
import { named, neighboursMax, type KindReader } from './kind-reader.ts';

/** What continues a snapshot is looked for among so many that came after it. */
const laterMax = 1_000;

export const snapshots: KindReader = {
  async describe(db, model, digest) {
    const row = await find(db, model, digest);
    if (row === null) return null;
    const through = row.throughWindow === null ? '' : ` through window ${row.throughWindow}`;
    return {
      text: `${row.kind} ${digest.slice(0, 16)}, ${sayMany(row.rows, 'row')}${through}`,
      at: row.createdAt.toISOString(),
    };
  },

  async neighbours(db, model, digest) {
    const row = await find(db, model, digest);
    if (row === null) return { up: [], down: [] };
    const isHistory = row.throughWindow === null;
    const trained = await db
      .select({ version: version.version })
      .from(version)
      .where(and(eq(version.model, model), sql`${version.snapshots} @> ${JSON.stringify([digest])}::jsonb`))
      .orderBy(desc(version.version))
      .limit(neighboursMax);
    return {
      up: [
        ...named('snapshot', ...(row.parents ?? [])),
        ...(isHistory
          ? [
              ...named('source', row.sourceDigest),
              ...named('run', workflowIds.ingest(model, row.sourceDigest, row.specRevision)),
            ]
          : named('window', row.throughWindow)),
      ],
      down: [
        ...named('version', ...trained.map((one) => one.version)),
        ...named('snapshot', ...(await childrenOf(db, model, { digest, createdAt: row.createdAt }))),
      ],
    };
  },
};

async function find(db: Db, model: string, digest: string) {
  const [row] = await db
    .select({
      kind: snapshot.kind,
      rows: snapshot.rows,
      specRevision: snapshot.specRevision,
      sourceDigest: snapshot.sourceDigest,
      throughWindow: snapshot.throughWindow,
      createdAt: snapshot.createdAt,
      parents: sql<readonly string[] | null>`${snapshot.manifest} -> 'parents'`,
    })
    .from(snapshot)
    .where(and(eq(snapshot.digest, digest), eq(snapshot.model, model)));
  return row ?? null;
}

async function childrenOf(
  db: Db,
  model: string,
  { digest, createdAt }: { readonly digest: string; readonly createdAt: Date },
): Promise<readonly string[]> {
  const later = db
    .select({ digest: snapshot.digest, parents: sql`${snapshot.manifest} -> 'parents'`.as('parents') })
    .from(snapshot)
    .where(and(eq(snapshot.model, model), gte(snapshot.createdAt, createdAt)))
    .orderBy(asc(snapshot.createdAt))
    .limit(laterMax)
    .as('later');
  const rows = await db
    .select({ digest: later.digest })
    .from(later)
    .where(sql`coalesce(${later.parents}, '[]'::jsonb) ? ${digest}`)
    .limit(neighboursMax);
  return rows.map((row) => row.digest);
}

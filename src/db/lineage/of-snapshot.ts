import { and, eq, sql } from 'drizzle-orm';
import { workflowIds } from '../../domain/words/ids.ts';
import { sayMany } from '../../domain/words/say.ts';
import { versionsTrainedOn } from '../models/trained-on.ts';
import { snapshot } from '../schema/index.ts';
import type { Db } from '../base/connect.ts';
import type { JoinedView } from '../../domain/training/snapshot.ts';
import { keyOfJoined } from './of-view.ts';
import { named, neighboursMax, type KindReader } from './kind-reader.ts';

/** Versions that are looked at for what they were trained on. */
const versionsMax = 1_000;

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

  async next(db, model, digest, way) {
    const row = await find(db, model, digest);
    if (row === null) return [];
    if (way === 'up')
      return [
        ...named('snapshot', ...(row.parents ?? [])),
        ...named('view', ...(row.joined ?? []).map(keyOfJoined)),
        ...(row.throughWindow === null
          ? [
              ...named('source', row.sourceDigest),
              ...named('run', workflowIds.ingest(model, row.sourceDigest, row.specRevision)),
            ]
          : named('window', row.throughWindow)),
      ];
    return [
      ...named('version', ...(await versionsTrainedOn(db, model, [digest], versionsMax)).map((one) => one.version)),
      ...named('snapshot', ...(await childrenOf(db, model, digest))),
    ];
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
      joined: sql<readonly JoinedView[] | null>`${snapshot.manifest} -> 'joined'`,
    })
    .from(snapshot)
    .where(and(eq(snapshot.digest, digest), eq(snapshot.model, model)));
  return row ?? null;
}

async function childrenOf(db: Db, model: string, digest: string): Promise<readonly string[]> {
  const rows = await db
    .select({ digest: snapshot.digest })
    .from(snapshot)
    .where(
      and(eq(snapshot.model, model), sql`(${snapshot.manifest} -> 'parents') @> ${JSON.stringify([digest])}::jsonb`),
    )
    .limit(neighboursMax);
  return rows.map((row) => row.digest);
}

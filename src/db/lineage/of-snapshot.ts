import { and, desc, eq, sql } from 'drizzle-orm';
import { workflowIds } from '../../domain/words/ids.ts';
import { sayMany } from '../../domain/words/say.ts';
import { versionsTrainedOn } from '../models/trained-on.ts';
import { snapshot } from '../schema/index.ts';
import type { Db } from '../base/connect.ts';
import type { JoinedView } from '../../domain/training/snapshot.ts';
import { beginsWith } from '../tags/branches.ts';
import { editionsOfSnapshot } from '../tags/publications.ts';
import { keyOfEdition } from './of-edition.ts';
import { keyOfJoined } from './of-view.ts';
import { named, neighboursMax, type KindReader, type Seen } from './kind-reader.ts';

/** Versions that are looked at for what they were trained on. */
const versionsMax = 1_000;

export const snapshots: KindReader = {
  async describe(db, seen, digest) {
    const row = await find(db, seen, digest);
    if (row === null) return null;
    const of = row.model === seen.model ? '' : ` of ${row.model}`;
    const from = row.member === null ? '' : ` from ${row.member}`;
    const through = row.throughWindow === null ? '' : ` through window ${row.throughWindow}`;
    return {
      text: `${row.kind} ${digest.slice(0, 16)}${of}, ${sayMany(row.rows, 'row')}${from}${through}`,
      at: row.createdAt.toISOString(),
    };
  },

  async next(db, seen, digest, way) {
    const row = await find(db, seen, digest);
    if (row === null) return [];
    const { model } = row;
    // Of another model, what has a number of its own there is not named: here it is that of something else.
    if (model !== seen.model) return way === 'up' ? ofAnother(row) : [];
    if (way === 'up')
      return [
        ...named('snapshot', ...(row.parents ?? []), row.branched),
        ...named('view', ...new Set([...(row.joined ?? []), ...(row.asked ?? [])].map(keyOfJoined))),
        ...readFrom(row),
      ];
    return [
      ...named('version', ...(await versionsTrainedOn(db, model, [digest], versionsMax)).map((one) => one.version)),
      ...named('snapshot', ...(await childrenOf(db, model, digest)), ...(await branchesOf(db, seen, digest))),
      ...named('edition', ...(await editionsOfSnapshot(db, digest)).map(keyOfEdition)),
    ];
  },
};

/** What was read for it: nothing, for what a line began with. */
function readFrom({ model, sourceDigest, specRevision, throughWindow, branched }: Found) {
  if (throughWindow !== null) return named('window', throughWindow);
  if (branched !== null) return [];
  return [...named('source', sourceDigest), ...named('run', workflowIds.ingest(model, sourceDigest, specRevision))];
}

function ofAnother({ model, sourceDigest, specRevision, throughWindow, parents, branched }: Found) {
  const run =
    throughWindow === null && branched === null ? workflowIds.ingest(model, sourceDigest, specRevision) : null;
  return [...named('snapshot', ...(parents ?? []), branched), ...named('run', run)];
}

type Found = NonNullable<Awaited<ReturnType<typeof find>>>;

async function find(db: Db, { model, canSee }: Seen, digest: string) {
  const [row] = await db
    .select({
      model: snapshot.model,
      kind: snapshot.kind,
      rows: snapshot.rows,
      specRevision: snapshot.specRevision,
      sourceDigest: snapshot.sourceDigest,
      throughWindow: snapshot.throughWindow,
      createdAt: snapshot.createdAt,
      member: sql<string | null>`${snapshot.manifest} ->> 'member'`,
      branched: sql<string | null>`${snapshot.manifest} -> 'branched' ->> 'snapshot'`,
      parents: sql<readonly string[] | null>`${snapshot.manifest} -> 'parents'`,
      joined: sql<readonly JoinedView[] | null>`${snapshot.manifest} -> 'joined'`,
      asked: sql<readonly JoinedView[] | null>`${snapshot.manifest} -> 'asked'`,
    })
    .from(snapshot)
    .where(eq(snapshot.digest, digest));
  return row !== undefined && (row.model === model || canSee(row.model)) ? row : null;
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

/** Lines of whatever model that begin with this one, as far as they may be seen. */
async function branchesOf(db: Db, { model, canSee }: Seen, digest: string): Promise<readonly string[]> {
  const rows = await db
    .select({ digest: snapshot.digest, model: snapshot.model })
    .from(snapshot)
    .where(beginsWith(digest))
    .orderBy(desc(snapshot.createdAt))
    .limit(neighboursMax);
  return rows.filter((row) => row.model === model || canSee(row.model)).map((row) => row.digest);
}

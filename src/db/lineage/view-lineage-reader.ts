import { desc, eq, sql } from 'drizzle-orm';
import type { LineageKind, LineageName } from '../../domain/record/lineage/lineage.ts';
import type { LineageReader, LineageWay } from '../../domain/record/lineage/trace.ts';
import type { SealedLog } from '../../domain/record/sealed.ts';
import type { Db } from '../base/connect.ts';
import { featureView, snapshot } from '../schema/index.ts';
import { named, neighboursMax } from './kind-reader.ts';
import { createLineageReader } from './lineage-reader.ts';

/** Snapshots that are named of a view: those that rows were joined with last, and those that were read last. */
const snapshotsNamed = 20;

/**
 * Reads the things of a view: what its source held, its snapshots, the snapshots of models that were joined with them,
 * and all that came of these. Things of a model have keys of their own only within it: here its name stands before
 * them (`version:fraud/3`). Law: some rows by an index for each thing.
 */
export function createViewLineageReader(
  db: Db,
  { view, canSee }: { readonly view: string; readonly canSee: (model: string) => boolean },
  sealed: SealedLog,
): LineageReader {
  const own = createLineageReader(db, { model: view, canSee }, sealed);
  const of = (model: string): LineageReader => createLineageReader(db, { model, canSee }, sealed);

  return {
    async describe(name) {
      if (name.kind === 'view') return name.key === view ? describeView(db, view) : null;
      if (isGlobal(name.kind)) return own.describe(name);
      const { model, rest } = parted(name);
      if (!canSee(model)) return null;
      const found = await of(model).describe(rest);
      return found === null ? null : { ...found, text: `${model}: ${found.text}` };
    },

    async next(name, way) {
      if (name.kind === 'view') return name.key === view ? snapshotsOf(db, view, way) : [];
      if (name.kind === 'snapshot') return nextOfSnapshot(name, way);
      if (isGlobal(name.kind)) return way === 'up' ? [] : own.next(name, way);
      const { model, rest } = parted(name);
      return canSee(model) ? qualified(model, await of(model).next(rest, way)) : [];
    },
  };

  async function nextOfSnapshot(name: LineageName, way: LineageWay): Promise<readonly LineageName[]> {
    const [row] = await db
      .select({
        model: snapshot.model,
        source: snapshot.sourceDigest,
        joins: sql<readonly string[] | null>`${snapshot.manifest} #> '{view,joins,of}'`,
        parents: sql<readonly string[] | null>`${snapshot.manifest} -> 'parents'`,
      })
      .from(snapshot)
      .where(eq(snapshot.digest, name.key));
    if (row === undefined) return [];
    if (row.model !== view) return canSee(row.model) ? qualified(row.model, await of(row.model).next(name, way)) : [];
    if (way === 'down') return named('snapshot', ...(await joinedWith(name.key)));
    // One that joins others came of these, and was not read of the source itself.
    return row.joins === null
      ? [...named('source', row.source), ...named('snapshot', ...(row.parents ?? []))]
      : named('snapshot', ...row.joins);
  }

  /** Rows of models that this one, and all that it continues, was joined with. */
  async function joinedWith(digest: string): Promise<readonly string[]> {
    const rows = await db
      .select({ digest: snapshot.digest, model: snapshot.model })
      .from(snapshot)
      .where(isJoinedWith({ view, snapshot: digest }))
      .orderBy(desc(snapshot.createdAt))
      .limit(neighboursMax);
    return rows.filter(({ model }) => canSee(model)).map((row) => row.digest);
  }
}

const isJoinedWith = (with_: { readonly view: string; readonly snapshot?: string }) =>
  sql`(${snapshot.manifest} -> 'joined') @> ${JSON.stringify([with_])}::jsonb
    and ${snapshot.manifest} -> 'joined' is not null`;

async function describeView(db: Db, view: string) {
  const [row] = await db.select().from(featureView).where(eq(featureView.name, view));
  if (row === undefined) return null;
  return { text: `view ${view} at revision ${row.revision}`, at: row.createdAt.toISOString() };
}

/** Down: the snapshots that rows were joined with last. Up: those that were read of its source last. */
async function snapshotsOf(db: Db, view: string, way: LineageWay): Promise<readonly LineageName[]> {
  if (way === 'up') {
    const read = await db
      .select({ source: snapshot.sourceDigest })
      .from(snapshot)
      .where(sql`${snapshot.model} = ${view} and ${snapshot.kind} = 'view'
        and ${snapshot.manifest} #> '{view,joins}' is null`)
      .orderBy(desc(snapshot.createdAt))
      .limit(snapshotsNamed);
    return named('source', ...new Set(read.map(({ source }) => source)));
  }
  const joined = await db
    .select({
      with: sql<
        readonly { readonly view: string; readonly snapshot: string | null }[]
      >`${snapshot.manifest} -> 'joined'`,
    })
    .from(snapshot)
    .where(isJoinedWith({ view }))
    .orderBy(desc(snapshot.createdAt))
    .limit(neighboursMax);
  const digests = joined.flatMap((one) => one.with.flatMap((of) => (of.view === view ? (of.snapshot ?? []) : [])));
  return named('snapshot', ...[...new Set(digests)].slice(0, snapshotsNamed));
}

/** Named the same whoever's they are. */
function isGlobal(kind: LineageKind): boolean {
  return kind === 'snapshot' || kind === 'source';
}

function parted({ kind, key }: LineageName): { readonly model: string; readonly rest: LineageName } {
  const slash = key.indexOf('/');
  return { model: key.slice(0, Math.max(0, slash)), rest: { kind, key: key.slice(slash + 1) } };
}

/** A source of a model is not one of this view; what else is not of the model stays out as well. */
function qualified(model: string, names: readonly LineageName[]): readonly LineageName[] {
  return names.flatMap((name) => {
    if (name.kind === 'snapshot') return [name];
    if (name.kind === 'source' || name.kind === 'view' || name.kind === 'edition' || name.kind === 'subscriber')
      return [];
    return [{ kind: name.kind, key: `${model}/${name.key}` }];
  });
}

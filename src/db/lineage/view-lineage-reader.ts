import { desc, eq, sql, type SQL } from 'drizzle-orm';
import type { LineageName } from '../../domain/record/lineage/lineage.ts';
import { isCalledAlike, partedName, qualifiedName } from '../../domain/record/lineage/qualified-name.ts';
import type { LineageReader, LineageWay } from '../../domain/record/lineage/trace.ts';
import type { SealedLog } from '../../domain/record/sealed.ts';
import type { Db } from '../base/connect.ts';
import { modelsOfView } from '../feature-views/models-of-view.ts';
import { featureView, snapshot } from '../schema/index.ts';
import { named, neighboursMax } from './kind-reader.ts';
import { createLineageReader } from './lineage-reader.ts';

/** Snapshots that are named of a view: those that rows were joined with last, and those that were read last. */
const snapshotsNamed = 20;
/** So many snapshots of a view, or of a model that uses it, are looked at, the newest first. */
const lookedAtMax = 2_000;
/** And so many batches of history of each such model. */
const batchesLookedAt = 5;

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
      if (isCalledAlike(name.kind)) return own.describe(name);
      const { model, name: inModel } = partedName(name);
      if (!canSee(model)) return null;
      const found = await of(model).describe(inModel);
      return found === null ? null : { ...found, text: `${model}: ${found.text}` };
    },

    async next(name, way) {
      if (name.kind === 'view') return name.key === view ? snapshotsOf(db, view, way) : [];
      if (name.kind === 'snapshot') return nextOfSnapshot(name, way);
      if (isCalledAlike(name.kind)) return way === 'up' ? [] : own.next(name, way);
      const { model, name: inModel } = partedName(name);
      return canSee(model) ? qualified(model, await of(model).next(inModel, way)) : [];
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
      .where(isJoinedWith(sql`${JSON.stringify([{ view, snapshot: digest }])}::jsonb`))
      .orderBy(desc(snapshot.createdAt))
      .limit(neighboursMax);
    return rows.filter(({ model }) => canSee(model)).map((row) => row.digest);
  }
}

/** As the index of them says it. */
const isJoinedWith = (with_: SQL) =>
  sql`(${snapshot.manifest} -> 'joined') @> ${with_} and ${snapshot.manifest} -> 'joined' is not null`;

async function describeView(db: Db, view: string) {
  const [row] = await db.select().from(featureView).where(eq(featureView.name, view));
  if (row === undefined) return null;
  return { text: `view ${view} at revision ${row.revision}`, at: row.createdAt.toISOString() };
}

/** Down: the snapshots that rows were joined with last. Up: those that were read of its source last. */
async function snapshotsOf(db: Db, view: string, way: LineageWay): Promise<readonly LineageName[]> {
  const newest = sql`(select digest, source_digest, manifest, created_at from snapshot
    where model = ${view} and kind = 'view' order by created_at desc limit ${lookedAtMax}) v`;
  if (way === 'up') {
    const { rows } = await db.execute<{ source: string }>(sql`select v.source_digest as source from ${newest}
      where v.manifest #> '{view,joins}' is null order by v.created_at desc limit ${snapshotsNamed}`);
    return named('source', ...new Set(rows.map(({ source }) => source)));
  }
  const models = (await modelsOfView(db, view, snapshotsNamed)).map(({ model }) => model);
  // Neither the index of what was joined with it nor that of its looks ends: its newest looks are asked whether they
  // were, and models that use it what they were joined with last, which may be many looks ago.
  const { rows } = await db.execute<{ digest: string }>(sql`
    select digest from snapshot where model = ${view} and digest in (
      (select v.digest from ${newest} cross join lateral (select from ${snapshot} where ${isJoinedWith(
        sql`jsonb_build_array(jsonb_build_object('view', ${view}::text, 'snapshot', v.digest))`,
      )} limit 1) j order by v.created_at desc limit ${snapshotsNamed})
      union
      select j ->> 'snapshot' from unnest(${sql.param(models)}::text[]) m (model)
        cross join lateral (select h.manifest from (select kind, manifest, created_at from snapshot
          where model = m.model order by created_at desc limit ${lookedAtMax}) h
          where h.kind = 'history' order by h.created_at desc limit ${batchesLookedAt}) h
        cross join lateral jsonb_array_elements(coalesce(h.manifest -> 'joined', '[]')) j
        where j ->> 'view' = ${view})
    order by created_at desc limit ${snapshotsNamed}`);
  return named('snapshot', ...rows.map(({ digest }) => digest));
}

/** A source of a model is not one of this view; what else is not of the model stays out as well. */
function qualified(model: string, names: readonly LineageName[]): readonly LineageName[] {
  return names.flatMap((name) => {
    if (name.kind === 'snapshot') return [name];
    if (name.kind === 'source' || name.kind === 'view' || name.kind === 'edition' || name.kind === 'subscriber')
      return [];
    return [qualifiedName(model, name)];
  });
}

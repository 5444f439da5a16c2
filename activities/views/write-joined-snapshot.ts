import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { withDuck, type Duck } from '../../src/data/duck/connect.ts';
import { literal, pathLiteral } from '../../src/data/duck/sql.ts';
import { describeAccepted } from '../../src/data/snapshot/describe-accepted.ts';
import { parquetOptions } from '../../src/data/snapshot/write-accepted.ts';
import type { JoinedFrom } from '../../src/db/feature-views/put-joined-snapshot.ts';
import { repairLogMax } from '../../src/domain/training/repair-log.ts';
import type {
  RepairReport,
  RuleCount,
  SnapshotColumn,
  SnapshotManifest,
  ViewRows,
} from '../../src/domain/training/snapshot.ts';
import type { PlannedJoin } from '../../src/domain/view/plan-joins.ts';
import { levelBehindEnd } from '../../src/domain/view/plan-ends.ts';
import type { ViewSpec } from '../../src/domain/view/view-spec.ts';
import { canonicalJson } from '../../src/domain/words/canonical.ts';
import { writeJoined } from '../../src/views/offline/write-joined.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { filesOfPart } from '../../src/db/feature-views/view-files.ts';

type Dependencies = Pick<ActivityDependencies, 'store' | 'workDir'>;

/** Rows are sorted and spilled. */
const memoryMb = 512;

/**
 * Writes neighbours of a line as one snapshot and answers it: their rows in one file, those set aside in another, their
 * counts added up, its place in the source that of the last one. With `ended` rows of the view that were known up to
 * then are left out, and where none is left, so is what was set aside. The same neighbours give the same snapshot, so
 * it may be done twice. Throws not_found and artifact_corrupt of files that are not whole.
 */
export async function writeJoinedSnapshot(
  { store, workDir }: Dependencies,
  of: readonly JoinedFrom[],
  { level, looks }: Pick<PlannedJoin, 'level' | 'looks'>,
  ended: { readonly view: ViewSpec; readonly throughMs: number } | null = null,
): Promise<JoinedFrom> {
  const [first, last] = [of[0], of.at(-1)];
  if (first === undefined || last === undefined) throw new TypeError('nothing is to be joined');
  const manifests = of.map(({ manifest }) => manifest);
  await mkdir(workDir, { recursive: true });
  const folder = await mkdtemp(path.join(workDir, 'join-'));
  try {
    return await withDuck({ threads: 1, memoryMb, tempDir: folder }, async (duck) => {
      const schema = schemaOf(manifests);
      const out = path.join(folder, 'rows.parquet');
      const files = [];
      for (const { files: own, view } of manifests)
        // oxlint-disable-next-line no-await-in-loop -- one file at a time
        files.push(...(await filesOfPart(store, { files: own, view: rowsOf(view), throughSeq: null })));
      await writeJoined(duck, files, schema, { out, parquetOptions, ended });
      const { rows, logicalDigest, profile } = await describeAccepted(duck, out, schema);
      const file = {
        sha256: await store.putFile(out),
        bytes: (await stat(out)).size,
        rows,
        orderMin: Math.min(...manifests.flatMap((one) => one.files.map(({ orderMin }) => orderMin))),
        orderMax: Math.max(...manifests.flatMap((one) => one.files.map(({ orderMax }) => orderMax))),
      };
      const isOver = ended !== null && rows === 0;
      const aside = isOver ? [] : manifests.flatMap(({ quarantineDigest }) => quarantineDigest ?? []);
      const repairs = isOver ? null : await repairsOf(duck, { store, folder }, manifests);
      const endedMs = Math.max(...manifests.map((one) => one.view?.endedMs ?? 0), ended?.throughMs ?? 0);
      const { formatVersion, model, specRevision, sourceDigest, contractDigest, cursor } = last.manifest;
      const manifest: SnapshotManifest = {
        formatVersion,
        model,
        specRevision,
        sourceDigest,
        contractDigest,
        files: [file],
        rows,
        labelledRows: 0,
        quarantinedRows: isOver ? 0 : manifests.reduce((sum, one) => sum + one.quarantinedRows, 0),
        quarantineDigest: await concatenated(duck, { store, folder }, aside, null),
        logicalDigest,
        schema,
        ruleCounts: ruleCountsOf(manifests),
        ...(repairs === null ? {} : { repairs }),
        profile,
        parents: first.manifest.parents ?? [],
        ...(cursor === undefined ? {} : { cursor }),
        view: {
          digest: rowsOf(last.manifest.view).digest,
          receivedMs: null,
          joins: { level: levelBehindEnd(level, rows), looks, of: of.map(({ digest }) => digest) },
          ...(endedMs === 0 ? {} : { endedMs }),
        },
      };
      return { digest: await store.putBytes(canonicalJson(manifest)), manifest };
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function rowsOf(view: ViewRows | undefined): ViewRows {
  if (view === undefined) throw new TypeError('a snapshot of a view says which revision it is of');
  return view;
}

/** A column that a batch had not is empty in its rows. */
function schemaOf(manifests: readonly SnapshotManifest[]): readonly SnapshotColumn[] {
  const columns = new Map(manifests.flatMap(({ schema }) => schema.map((column) => [column.name, column] as const)));
  const order = columns.get('_order');
  columns.delete('_order');
  return [...columns.values(), ...(order === undefined ? [] : [order])];
}

/** Lines of several files are not told apart any more. */
function ruleCountsOf(manifests: readonly SnapshotManifest[]): readonly RuleCount[] {
  const counts = new Map<string, RuleCount>();
  for (const count of manifests.flatMap(({ ruleCounts }) => ruleCounts)) {
    const before = counts.get(count.ruleId);
    counts.set(count.ruleId, { ...count, rows: count.rows + (before?.rows ?? 0), line: null });
  }
  return [...counts.values()];
}

interface Place {
  readonly store: Dependencies['store'];
  readonly folder: string;
}

async function repairsOf(
  duck: Duck,
  place: Place,
  manifests: readonly SnapshotManifest[],
): Promise<RepairReport | null> {
  const reports = manifests.flatMap(({ repairs }) => repairs ?? []);
  if (reports.length === 0) return null;
  const counts = new Map<string, RepairReport['counts'][number]>();
  for (const count of reports.flatMap((report) => report.counts)) {
    const key = JSON.stringify([count.repair, count.columns, count.of]);
    counts.set(key, { ...count, count: count.count + (counts.get(key)?.count ?? 0), line: null });
  }
  const logs = reports.flatMap(({ logDigest }) => logDigest ?? []);
  const logged = reports.reduce((sum, { loggedRows }) => sum + loggedRows, 0);
  return {
    counts: [...counts.values()],
    removedRows: reports.reduce((sum, { removedRows }) => sum + removedRows, 0),
    logDigest: await concatenated(duck, place, logs, repairLogMax),
    loggedRows: Math.min(logged, repairLogMax),
  };
}

/** Some files of the store as one, in their order; null for none. */
async function concatenated(
  duck: Duck,
  { store, folder }: Place,
  digests: readonly string[],
  rowsMax: number | null,
): Promise<string | null> {
  if (digests.length === 0) return null;
  const paths: string[] = [];
  // oxlint-disable-next-line no-await-in-loop -- one file at a time
  for (const digest of digests) paths.push(pathLiteral(await store.checkedPathOf(digest)));
  const out = path.join(folder, 'beside.parquet');
  const limit = rowsMax === null ? '' : ` LIMIT ${rowsMax}`;
  await duck.run(`COPY (SELECT * FROM read_parquet([${paths.join(', ')}], union_by_name = true,
    hive_partitioning = false)${limit}) TO ${literal(out)} ${parquetOptions}`);
  return store.putFile(out);
}

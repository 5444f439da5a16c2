import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import type { ErasedThing } from '../../domain/record/erasure/erasure.ts';
import type { FiguresAsked } from '../snapshot/profile-table.ts';
import type { ColumnSummary, RuleCount, SnapshotFile, SnapshotManifest } from '../../domain/training/snapshot.ts';
import { canonicalJson } from '../../domain/words/canonical.ts';
import { withDuck, type Duck } from '../duck/connect.ts';
import { identifier, literal, pathLiteral } from '../duck/sql.ts';
import { describeAccepted } from '../snapshot/describe-accepted.ts';
import { topValues } from '../snapshot/summary-of-words.ts';
import { parquetOptions } from '../snapshot/write-accepted.ts';
import { pieceOptions } from '../traffic/pieces.ts';
import { retellTraffic } from '../traffic/retell-traffic.ts';
import { hasKey, isAmong, isQuarantinedOf, type RowsOfEntity } from './rows-of-entity.ts';

type Store = Pick<ArtifactStore, 'checkedPathOf' | 'putFile' | 'putBytes'>;

/** Where rows were written anew: what was, what stands there now, and how many rows less it has. */
export interface Replaced {
  readonly what: ErasedThing;
  readonly digest: string;
  readonly replacedBy: string | null;
  readonly rows: number;
}

export interface ErasedSnapshot {
  /** Null when nothing of the entity was in it, and where only rows were counted. */
  readonly manifest: SnapshotManifest | null;
  /** Of the new manifest. */
  readonly manifestDigest: string | null;
  readonly replaced: readonly Replaced[];
  readonly rows: number;
  readonly quarantined: number;
  /** Lines of quarantined rows that went. */
  readonly lines: readonly number[];
}

export interface EraseAsk {
  readonly manifest: SnapshotManifest;
  readonly of: RowsOfEntity;
  /** Column of the label; null in a view. */
  readonly target: string | null;
  readonly store: Store;
  /** Empty folder, which the caller removes. */
  readonly workDir: string;
  readonly isDryRun: boolean;
  /** Files that were found to hold nothing of the entity; grows. */
  readonly clean: Set<string>;
  /** What a file was replaced by in this erasure, if it was: a piece of traffic stands in many snapshots. */
  readonly replacedBefore: (digest: string) => Promise<Replaced | null>;
}

const nothing = { manifest: null, manifestDigest: null, replaced: [], rows: 0, quarantined: 0, lines: [] } as const;

/**
 * The snapshot without rows of an entity: files that hold one are written anew, others stay as they are, byte for byte.
 * Numbers and statistics of the manifest are those of the rows that are left. Law: reads the key columns of every file,
 * and all of those that are written anew. Throws not_found and artifact_corrupt of files that are not whole.
 */
export async function eraseFromSnapshot(ask: EraseAsk): Promise<ErasedSnapshot> {
  await mkdir(ask.workDir, { recursive: true });
  return withDuck({ threads: 1, tempDir: ask.workDir }, async (duck) => {
    const files = await eraseFiles(duck, ask);
    const aside = await eraseQuarantine(duck, ask);
    const rows = files.replaced.reduce((sum, one) => sum + one.rows, 0);
    const { lines } = aside;
    const log = await eraseRepairLog(duck, ask, rows + lines.length > 0);
    if (rows + lines.length === 0 && log === null) return nothing;
    if (ask.isDryRun) return { ...nothing, rows, quarantined: lines.length, lines };
    const told = await retell(duck, ask, files);
    const manifest = { ...ask.manifest, ...told, ...aside.told, ...log?.told };
    const manifestDigest = await ask.store.putBytes(canonicalJson(manifest));
    const replaced = [...files.replaced, ...aside.replaced, ...(log === null ? [] : [log.replaced])];
    return { manifest, manifestDigest, replaced, rows, quarantined: lines.length, lines };
  });
}

interface ErasedFiles {
  readonly files: readonly SnapshotFile[];
  readonly replaced: readonly Replaced[];
  /** Rows with a label that went. */
  readonly labelled: number;
}

async function eraseFiles(duck: Duck, ask: EraseAsk): Promise<ErasedFiles> {
  const files: SnapshotFile[] = [];
  const replaced: Replaced[] = [];
  let labelled = 0;
  for (const file of ask.manifest.files) {
    // oxlint-disable-next-line no-await-in-loop -- one file at a time
    const end = await eraseFile(duck, ask, file);
    files.push(end.file);
    labelled += end.labelled;
    if (end.replaced !== null) replaced.push(end.replaced);
  }
  return { files, replaced, labelled };
}

async function eraseFile(
  duck: Duck,
  ask: EraseAsk,
  file: SnapshotFile,
): Promise<{ readonly file: SnapshotFile; readonly replaced: Replaced | null; readonly labelled: number }> {
  const { store, clean, manifest } = ask;
  const same = { file, replaced: null, labelled: 0 };
  if (clean.has(file.sha256)) return same;
  const before = await ask.replacedBefore(file.sha256);
  if (before?.replacedBy != null) {
    const taken = await takeReplaced(duck, ask, file, { ...before, replacedBy: before.replacedBy });
    if (taken !== null) return taken;
  }
  const table = `read_parquet(${pathLiteral(await store.checkedPathOf(file.sha256))}, hive_partitioning = false)`;
  const isGone = conditionOf(ask);
  const target = labelColumn(ask);
  const [count] = await duck.rows(`SELECT CAST(count(*) AS DOUBLE) AS rows, CAST(count(${target}) AS DOUBLE) AS labelled
    FROM ${table} WHERE ${isGone}`);
  const rows = Number(count?.['rows'] ?? 0);
  if (rows === 0) {
    clean.add(file.sha256);
    return same;
  }
  const gone = { what: 'rows', digest: file.sha256, rows } as const;
  const labelled = Number(count?.['labelled'] ?? 0);
  if (ask.isDryRun) return { file, replaced: { ...gone, replacedBy: null }, labelled };
  const out = path.join(ask.workDir, 'rows.parquet');
  const options = manifest.traffic === undefined ? parquetOptions : pieceOptions;
  await duck.run(`COPY (SELECT * FROM ${table} WHERE NOT ${isGone}) TO ${literal(out)} ${options}`);
  const { size: bytes } = await stat(out);
  const sha256 = await store.putFile(out);
  clean.add(sha256);
  // The ends of its order stay: what comes behind it goes on from there.
  return {
    file: { ...file, sha256, bytes, rows: file.rows - rows },
    replaced: { ...gone, replacedBy: sha256 },
    labelled,
  };
}

/**
 * The file that took the place already, for another snapshot; null where this one has other rows of the entity, as its
 * key may be another column. How many rows went is counted: a tombstone adds up what several erasures took.
 */
async function takeReplaced(
  duck: Duck,
  ask: EraseAsk,
  file: SnapshotFile,
  { replacedBy, ...before }: Replaced & { readonly replacedBy: string },
): Promise<Awaited<ReturnType<typeof eraseFile>> | null> {
  const { store, manifest } = ask;
  const target = labelColumn(ask);
  const place = await store.checkedPathOf(replacedBy);
  const countIn = async (of: string): Promise<readonly number[]> => {
    const [count] =
      await duck.rows(`SELECT CAST(count(*) AS DOUBLE) AS rows, CAST(count(${target}) AS DOUBLE) AS labelled,
      CAST(count(*) FILTER (${conditionOf(ask)}) AS DOUBLE) AS gone
      FROM read_parquet(${pathLiteral(of)}, hive_partitioning = false)`);
    return [Number(count?.['rows']), Number(count?.['labelled']), Number(count?.['gone'])];
  };
  const [left = 0, labelledLeft = 0, still = 0] = await countIn(place);
  if (still > 0) return null;
  // Pieces of traffic are told anew from what is in them.
  const was = manifest.traffic === undefined ? await countIn(await store.checkedPathOf(file.sha256)) : [];
  const { size: bytes } = await stat(place);
  const rows = file.rows - left;
  return {
    file: { ...file, sha256: replacedBy, bytes, rows: left },
    replaced: { ...before, replacedBy, rows },
    labelled: (was[1] ?? labelledLeft) - labelledLeft,
  };
}

/** The values of a piece stand under `v0`, `v1`, …, and its rows are known by their positions too. */
function conditionOf({ manifest: { schema, traffic }, of }: EraseAsk): string {
  if (traffic === undefined) return hasKey(schema, of);
  return `(${hasKey(schema, of, (_, index) => `v${index}`)} OR ${isAmong('seq', of.seqs)})`;
}

function labelColumn({ manifest: { schema, traffic }, target }: EraseAsk): string {
  const index = schema.findIndex(({ name }) => name === target);
  if (index === -1 || target === null) return 'NULL';
  return traffic === undefined ? identifier(target) : `v${index}`;
}

async function retell(duck: Duck, ask: EraseAsk, { files, replaced, labelled }: ErasedFiles) {
  const { manifest, store, workDir } = ask;
  if (replaced.length === 0) return {};
  if (manifest.traffic !== undefined) return retellTraffic({ duck, store, workDir }, manifest, files);
  const [file] = files;
  const rows = manifest.rows - replaced.reduce((sum, one) => sum + one.rows, 0);
  const counts = { files, rows, labelledRows: manifest.labelledRows - labelled };
  // A snapshot of an earlier release may have several; what it says of their values is taken back.
  if (file === undefined || files.length > 1) return { ...counts, profile: [] };
  const place = await store.checkedPathOf(file.sha256);
  const { logicalDigest, profile } = await describeAccepted(duck, place, manifest.schema, figuresKept(manifest));
  return { ...counts, logicalDigest, profile };
}

/** Figures that rules about batches asked for: later batches are held against them. */
function figuresKept({ profile }: SnapshotManifest): FiguresAsked {
  const columnsWith = (has: (column: ColumnSummary) => boolean): ReadonlySet<string> =>
    new Set(profile.filter(has).map(({ name }) => name));
  return {
    values: columnsWith(({ top = [] }) => top.length > topValues),
    deviations: columnsWith(({ deviation }) => deviation !== undefined),
  };
}

async function eraseQuarantine(duck: Duck, { manifest, of, store, workDir, isDryRun }: EraseAsk) {
  const { quarantineDigest: digest, ruleCounts } = manifest;
  const none = { lines: [], replaced: [], told: {} };
  if (digest === null) return none;
  const file = await eraseQuarantineFile(duck, { digest, of, store, workDir, isDryRun });
  if (file.lines.length === 0) return none;
  const quarantinedRows = manifest.quarantinedRows - file.lines.length;
  const { replacedBy: quarantineDigest } = file.replaced;
  // Of traffic the pieces count what was set aside, and the file holds the newest of it alone.
  const told =
    manifest.traffic === undefined
      ? { quarantinedRows, quarantineDigest, ruleCounts: lessOf(ruleCounts, file.broken) }
      : { quarantineDigest };
  return { lines: file.lines, replaced: [file.replaced], told };
}

/** A quarantine without rows of an entity, also one that no snapshot names. */
export async function eraseQuarantineFile(
  duck: Duck,
  ask: { readonly digest: string } & Pick<EraseAsk, 'of' | 'store' | 'workDir' | 'isDryRun'>,
) {
  const { digest, of, store, workDir, isDryRun } = ask;
  const table = `read_parquet(${pathLiteral(await store.checkedPathOf(digest))}, hive_partitioning = false)`;
  const isGone = isQuarantinedOf(of);
  const found = await duck.rows(`SELECT CAST(_line AS DOUBLE) AS line, rule_ids FROM ${table} WHERE ${isGone}`);
  const lines = found.map((row) => Number(row['line']));
  const broken = new Map<string, number>();
  for (const { rule_ids: ids } of found)
    for (const id of Array.isArray(ids) ? ids.map(String) : []) broken.set(id, (broken.get(id) ?? 0) + 1);
  const gone = { what: 'quarantine', digest, rows: lines.length } as const;
  if (lines.length === 0 || isDryRun) return { lines, broken, replaced: { ...gone, replacedBy: null } };
  const out = path.join(workDir, 'quarantine.parquet');
  await duck.run(`COPY (SELECT * FROM ${table} WHERE NOT (${isGone})) TO ${literal(out)} ${parquetOptions}`);
  const [left] = await duck.rows(`SELECT CAST(count(*) AS DOUBLE) AS rows FROM read_parquet(${pathLiteral(out)})`);
  const replacedBy = Number(left?.['rows'] ?? 0) === 0 ? null : await store.putFile(out);
  return { lines, broken, replaced: { ...gone, replacedBy } };
}

/**
 * The log of repaired cells goes as a whole, where a row of the entity goes and where its name stands in it: a line
 * says not whose it is, and what was repaired in rows that a repair took out stands nowhere else. Counts stay.
 */
async function eraseRepairLog(
  duck: Duck,
  { manifest: { repairs }, of: { entity }, store }: EraseAsk,
  isTouched: boolean,
): Promise<{ readonly told: Partial<SnapshotManifest>; readonly replaced: Replaced } | null> {
  if (repairs === undefined || repairs.logDigest === null) return null;
  const { logDigest: digest, loggedRows: rows } = repairs;
  if (!isTouched) {
    const path = await store.checkedPathOf(digest);
    const [named] = await duck.rows(`SELECT 1 FROM read_parquet(${pathLiteral(path)}, hive_partitioning = false)
      WHERE contains(concat(before, chr(10), after), ${literal(entity)}) LIMIT 1`);
    if (named === undefined) return null;
  }
  return {
    told: { repairs: { ...repairs, logDigest: null, loggedRows: 0 } },
    replaced: { what: 'repairs', digest, replacedBy: null, rows },
  };
}

function lessOf(counts: readonly RuleCount[], broken: ReadonlyMap<string, number>): readonly RuleCount[] {
  return counts.flatMap((count) => {
    const rows = count.rows - (broken.get(count.ruleId) ?? 0);
    return rows > 0 ? [{ ...count, rows }] : [];
  });
}

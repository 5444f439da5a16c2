import { mkdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Asked } from '../../domain/contract/row-rules.ts';
import { canonicalJson } from '../../domain/words/canonical.ts';
import type { ExcludedEntities } from '../../domain/record/erasure/erasure.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { JoinedView, SnapshotFile, SnapshotManifest, ViewRows } from '../../domain/training/snapshot.ts';
import type { BatchHistory } from '../../domain/contract/batch/batch-facts.ts';
import type { MissingPolicy } from '../../domain/spec/closed-sets.ts';
import type { RowsSpec } from '../../domain/spec/columns/rows-spec.ts';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import { withDuck, withEngine, type Duck, type DuckDbSettings } from '../duck/connect.ts';
import type { KeptScan } from '../text/resume/kept-scan.ts';
import { withTable } from '../read/open-table.ts';
import { partsIn, type OpenTable } from '../read/table-file.ts';
import { pathLiteral } from '../duck/sql.ts';
import { figuresAsked, judgedBatch } from './judged-batch.ts';
import { contractDigest } from './contract-digest.ts';
import { describeAccepted } from './describe-accepted.ts';
import { saidTogether, storedParts, type ProgressNote } from './ingest-progress.ts';
import { memoryFor } from './memory-for.ts';
import { calledByName, type RawTable } from './raw-table.ts';
import { checkedSelect } from '../contract/check-rows.ts';
import type { CheckedParts } from '../contract/checked-parts.ts';
import { keptValues } from '../contract/kept-values.ts';
import type { KeysOfViews } from '../contract/mark-references.ts';
import { joinedRows, type Joining } from './joined-rows.ts';
import { storedScan } from './scan-progress.ts';
import { storeRepairs } from './store-repairs.ts';
import { validateTable, type ValidationReport } from '../contract/validate.ts';
import { writeAccepted, writeQuarantine } from './write-accepted.ts';

export interface IngestInput {
  readonly spec: RowsSpec;
  readonly specRevision: number;
  readonly table: RawTable;
  /** Folder for this attempt's intermediate files; they are removed. */
  readonly workDir: string;
  readonly store: ArtifactStore;
  /** Digests of the snapshots that come before (default none). */
  readonly parents?: readonly string[];
  /** First `_order` of this batch: one more than the largest of its parents (default 0). */
  readonly orderOffset?: number;
  /** `allow` for exported traffic, whose labels may still be missing (default `refuse`). */
  readonly unlabelled?: MissingPolicy;
  /** True for rows that were answered when they came: see `Asked`. */
  readonly isLogged?: boolean;
  /** Clock for freshness rules (default: now). */
  readonly nowMs?: number;
  readonly settings?: DuckDbSettings;
  /** Carries the work on a large table from one attempt to the next; absent checks all of it in this one. */
  readonly progress?: ProgressNote;
  /** A table of more rows is checked in parts of so many (default: a million). */
  readonly rowsPerPart?: number;
  /** Of rows of a feature view: what the manifest says of them. */
  readonly view?: ViewRows;
  /** Whose rows are left out: nobody's by default. */
  readonly excluded?: ExcludedEntities;
  /** What the manifest says of lifted erasures; 0 by default. */
  readonly liftedErasures?: number;
  /** Adds the features that come from views; none by default. */
  readonly joining?: Joining;
  /** What rules that ask views are asked with; a contract without such rules needs none. */
  readonly keys?: KeysOfViews;
  /** What the manifest says of the views that such rules ask; none by default. */
  readonly asked?: readonly JoinedView[];
  /** What its rules hold the batch against; none by default. */
  readonly history?: BatchHistory;
}

export interface IngestResult {
  readonly manifest: SnapshotManifest;
  /** Digest of the manifest: the snapshot's name. */
  readonly digest: string;
  /** One sentence for people. */
  readonly text: string;
}

/**
 * Raw table to snapshot: detect, check by contract, write accepted and quarantined rows, store all by digest. The same
 * table, spec and offset give the same digest. Throws invalid_data when the table cannot be read as declared and
 * contract_rejected when too much of it is bad; the quarantine is stored in that case too and its digest is the path.
 */
export async function ingestTable(input: IngestInput): Promise<IngestResult> {
  return ingest(input).catch((error: unknown) => {
    throw calledByName(error, input.table);
  });
}

async function ingest(input: IngestInput): Promise<IngestResult> {
  const { path, name, format, rowsMax, encoding } = input.table;
  const progress = input.progress && saidTogether(input.progress);
  await mkdir(input.workDir, { recursive: true });
  // In the work folder, which the caller removes also after a kill: copies of rows must not stay elsewhere.
  const settings = { ...input.settings, tempDir: input.settings?.tempDir ?? input.workDir };
  // Only Parquet says anything of its cells, and an engine that is lent may take it on trust.
  const isForeign = format === 'parquet';
  const engine = isForeign ? undefined : settings.engine;
  return withEngine({ ...settings, engine, threads: 1, isForeign }, (open) => {
    const lent = { ...settings, engine: open };
    const reading = { name, expected: format, rowsMax, encoding, rowsPerFile: input.rowsPerPart };
    const kept = keptScan(input, progress);
    return withTable(path, { ...reading, settings: lent, kept }, (table) =>
      judged({ ...input, settings: lent, ...(progress && { progress }) }, table),
    );
  });
}

/** Of a stretch that may hold other rows when it is read again, nothing is kept. */
function keptScan({ table, store, rowsPerPart }: IngestInput, progress?: ProgressNote): KeptScan | undefined {
  const { contentDigest, name, format, rowsMax, encoding = null } = table;
  if (progress === undefined || contentDigest === undefined) return undefined;
  return storedScan(store, progress, {
    contentDigest,
    name,
    format,
    rowsMax,
    encoding,
    rowsPerPart: rowsPerPart ?? null,
  });
}

async function judged(input: IngestInput, table: OpenTable): Promise<IngestResult> {
  const { name, rowsMax, sourceDigest } = input.table;
  const origin = { sourceDigest, contractDigest: contractDigest(input.spec, rowsMax) };
  const acceptedPath = join(input.workDir, 'accepted.parquet');
  const quarantinePath = join(input.workDir, 'quarantine.parquet');
  const repairsPath = join(input.workDir, 'repairs.parquet');
  try {
    const memoryMb = input.settings?.memoryMb ?? (await memoryFor(table));
    return await withDuck({ ...input.settings, memoryMb, threads: 1 }, async (duck) => {
      const asked = { unlabelled: input.unlabelled ?? 'refuse', isLogged: input.isLogged === true };
      const kept = keptValues(table, input.spec, input.excluded);
      const options = {
        ...asked,
        kept,
        nowMs: input.nowMs ?? Date.now(),
        parts: await partsOf(input, table, asked, kept),
        keys: input.keys,
        ...(input.excluded === undefined ? {} : { excluded: input.excluded }),
      };
      const report = await validateTable(duck, table, input.spec, options);
      const quarantineDigest = await storeQuarantine(duck, table, input, report, quarantinePath, origin);
      if (report.verdict === 'rejected') {
        throw new PerennialError('contract_rejected', `${name}: ${report.text}`, {
          path: quarantineDigest ?? name,
        });
      }
      const repairs = await storeRepairs(duck, report.checked.repaired, repairsPath, input.store);
      const accepted = await storeAccepted(duck, input, table, report, acceptedPath, quarantineDigest, origin);
      const manifest = repairs === null ? accepted : { ...accepted, repairs };
      return { manifest, digest: await input.store.putBytes(canonicalJson(manifest)), text: report.text };
    });
  } finally {
    const joinedPath = join(input.workDir, 'joined.parquet');
    await Promise.all([acceptedPath, quarantinePath, repairsPath, joinedPath].map((path) => rm(path, { force: true })));
    await rm(partsFolder(input), { recursive: true, force: true });
  }
}

interface Origin {
  readonly sourceDigest: string;
  readonly contractDigest: string;
}

const partsFolder = ({ workDir }: IngestInput): string => join(workDir, 'parts');

/** Of a table that fits one part there is nothing to tell. */
async function partsOf(
  input: IngestInput,
  table: OpenTable,
  asked: Asked,
  kept: ReadonlySet<string> | null,
): Promise<CheckedParts | undefined> {
  const { progress, store, workDir, spec } = input;
  const { text, encoding, csv, ranges } = table;
  if (progress === undefined || partsIn(table) < 2) return undefined;
  // All that the rows of a part follow from. The statement has the contract and how each cell is read in it.
  const at = text === null ? pathLiteral(table.path) : dirname(text.rowsPaths[0] ?? workDir);
  const sql = checkedSelect(table, spec, asked, { kept }).sql.replaceAll(at, '');
  const { sourceDigest } = input.table;
  const read = text === null ? { ranges } : { rowsPerFile: text.rowsPerFile, lines: text.tally.account };
  const of = { sourceDigest, sql, repairs: spec.repairs ?? [], encoding, csv, ...read };
  await mkdir(partsFolder(input), { recursive: true });
  return storedParts(store, partsFolder(input), progress, of);
}

async function storeQuarantine(
  duck: Duck,
  table: OpenTable,
  input: IngestInput,
  report: ValidationReport,
  path: string,
  origin: Origin,
): Promise<string | null> {
  if (report.quarantined === 0) return null;
  await writeQuarantine(duck, table, path, origin);
  return input.store.putFile(path);
}

async function storeAccepted(
  duck: Duck,
  input: IngestInput,
  table: OpenTable,
  report: ValidationReport,
  path: string,
  quarantineDigest: string | null,
  origin: Origin,
): Promise<SnapshotManifest> {
  const own = await writeAccepted(duck, input.spec, report.checked, path, input.orderOffset ?? 0);
  const written = input.joining === undefined ? { ...own, path } : await joinedRows(input, table.name, own, path);
  const found = await describeAccepted(duck, written.path, written.schema, figuresAsked(input.spec));
  const { rows, logicalDigest, profile } = found;
  // Without rows it ends where the one before it did, and what continues it goes on from there.
  const offset = input.orderOffset ?? 0;
  const { orderMin, orderMax } = rows === 0 ? { orderMin: offset, orderMax: offset - 1 } : found;
  const batch = judgedBatch(input, table, report, profile, quarantineDigest);
  const { text } = table;
  const file: SnapshotFile = {
    sha256: await input.store.putFile(written.path),
    bytes: (await stat(written.path)).size,
    rows,
    orderMin,
    orderMax,
  };
  return {
    formatVersion: 1,
    model: input.spec.name,
    specRevision: input.specRevision,
    ...origin,
    files: [file],
    rows,
    labelledRows: report.labelled,
    quarantinedRows: report.quarantined,
    quarantineDigest,
    logicalDigest,
    schema: written.schema,
    ruleCounts: [...report.ruleCounts, ...batch.broken],
    profile,
    ...batch.kept,
    ...(text === null
      ? {}
      : { lines: text.tally.account, readingNotes: [...(input.table.notes ?? []), ...text.notes] }),
    parents: input.parents ?? [],
    ...(input.table.cursor === undefined ? {} : { cursor: input.table.cursor }),
    ...(input.table.member === undefined ? {} : { member: input.table.member }),
    ...(input.liftedErasures === undefined || input.liftedErasures === 0
      ? {}
      : { liftedErasures: input.liftedErasures }),
    ...(input.view === undefined ? {} : { view: input.view }),
    ...(input.joining === undefined ? {} : { joined: input.joining.joined }),
    ...(input.asked === undefined || input.asked.length === 0 ? {} : { asked: input.asked }),
  };
}
